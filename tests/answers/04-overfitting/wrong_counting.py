"""Counts from 0, in percent or the wrong rows; subtracts and divides the other way round.

Loses: lazy, gap, best-epoch, share, table
"""

# %% lazy
lazy_accuracy = 100 * np.mean(y_val == 1)

# %% gap
plain_gap = log_loss(y_train, plain.predict(X_train, verbose=0)) - log_loss(y_val, plain.predict(X_val, verbose=0))

# %% best-epoch
def best_epoch(val_losses):
    return int(np.argmin(val_losses))

# %% share
def share_undone(val_losses, remedy_loss):
    return (remedy_loss - min(val_losses)) / (val_losses[-1] - min(val_losses))

# %% table
rows = {}
for name, model in {"plain": plain, "dropped": dropped, "penalised": penalised, "stopped": stopped}.items():
    p = model.predict(X_val, verbose=0)
    rows[name] = [log_loss(y_val, p), log_loss(y_val, p), 100 * np.mean(y_val == (p[:, 0] > 0.5))]
comparison = pd.DataFrame.from_dict(rows, orient="index", columns=["train_loss", "val_loss", "val_accuracy"])
