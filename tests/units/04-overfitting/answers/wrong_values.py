"""Returns the value instead of its place, prints instead of returning, clips and rounds too much.

Loses: lazy, gap, best-epoch, share, table
"""

# %% lazy
lazy_accuracy = f"{np.mean(y_val == 1):.0%}"

# %% gap
plain_gap = log_loss(y_val, plain.predict(X_val, verbose=0)) / log_loss(y_train, plain.predict(X_train, verbose=0))

# %% best-epoch
def best_epoch(val_losses):
    return min(val_losses)

# %% share
def share_undone(val_losses, remedy_loss):
    print((val_losses[-1] - remedy_loss) / (val_losses[-1] - min(val_losses)))

# %% table
rows = {}
for name, model in {"plain": plain, "dropped": dropped, "penalised": penalised, "stopped": stopped}.items():
    model.compile(loss="binary_crossentropy", metrics=["accuracy"])
    train_loss, _ = model.evaluate(X_train, y_train, verbose=0)
    val_loss, val_accuracy = model.evaluate(X_val, y_val, verbose=0)
    rows[name] = dict(train_loss=train_loss, val_loss=val_loss, val_accuracy=val_accuracy)
comparison = pd.DataFrame.from_dict(rows, orient="index")
