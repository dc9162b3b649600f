"""Right for the example in the check, not in general; stops dropout by hand; reads numbers off the history.

Loses: lazy, gap, best-epoch, share, dropout, table
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

# %% dropout
L = keras.layers
keras.utils.set_random_seed(1)
dropped = keras.Sequential(
    [
        keras.Input((30,)),
        L.Dense(128, "relu"), L.Dropout(0.01),
        L.Dense(128, "relu"), L.Dropout(0.01),
        L.Dense(1, "sigmoid"),
    ]
)  # fmt: skip
dropped.compile("adam", "binary_crossentropy", metrics=["accuracy"])
dropped_history = dropped.fit(X_train, y_train, epochs=20, validation_data=(X_val, y_val), verbose=0)

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
