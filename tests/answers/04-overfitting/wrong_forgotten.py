"""Forgets `return`, the last epoch of a tie, a curve without a rise, half of the table and one loss.

Loses: lazy, gap, best-epoch, share, table
"""

# %% lazy
lazy_accuracy = (y_val == 1).sum()

# %% gap
plain_gap = log_loss(y_val, plain.predict(X_val, verbose=0))

# %% best-epoch
def best_epoch(val_losses):
    return len(val_losses) - int(np.argmin(val_losses[::-1]))

# %% share
def share_undone(val_losses, remedy_loss):
    return (val_losses[-1] - remedy_loss) / (val_losses[-1] - min(val_losses))

# %% table
comparison = pd.DataFrame({"val_loss": [0.4, 0.2, 0.2, 0.2]}, index=["plain", "dropped", "penalised", "stopped"])
