"""Right for the example in the check, not in general; reads numbers off the history.

Loses: lazy, gap, best-epoch, share, table
"""

# %% lazy
lazy_accuracy = np.mean(y_train)

# %% gap
plain_gap = plain_history.history["val_accuracy"][-1] - plain_history.history["accuracy"][-1]

# %% best-epoch
def best_epoch(val_losses):
    for epoch, loss in enumerate(val_losses, start=1):
        if epoch == len(val_losses) or loss < val_losses[epoch]:
            return epoch

# %% share
def share_undone(val_losses, remedy_loss):
    last, lowest = val_losses[-1], val_losses[len(val_losses) // 2]
    return (last - remedy_loss) / (last - lowest)

# %% table
histories = dict(plain=plain_history, dropped=dropped_history, penalised=penalised_history, stopped=stopped_history)
comparison = pd.DataFrame(
    {
        name: {
            "train_loss": history.history["loss"][-1],
            "val_loss": history.history["val_loss"][-1],
            "val_accuracy": history.history["val_accuracy"][-1],
        }
        for name, history in histories.items()
    }
).T
