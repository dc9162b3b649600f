"""Returns losses for epochs, keeps the last weights, stops at once, inherits, rounds, forgets a row.

Loses: kept, last, best, full, stopped, callback, patiences, comparison
"""

# %% kept
def kept_epoch(losses, min_delta):
    return min(losses)

# %% last
def last_epoch(losses, patience, min_delta):
    return kept_epoch(losses, min_delta) + patience

# %% best
def kept_best(values, mode, start_from_epoch):
    return (np.argmin if mode == "min" else np.argmax)(values[start_from_epoch + 1 :]) + start_from_epoch + 2

# %% full
full = build()
full_history = full.fit(X_val, y_val, epochs=100, batch_size=200, validation_data=(X_val, y_val), validation_freq=50, verbose=0)

# %% stopped
stopped = build()
stopping = keras.callbacks.EarlyStopping(min_delta=0.001, patience=20)
stopped_history = stopped.fit(
    X_train, y_train, epochs=500, validation_data=(X_val, y_val), validation_batch_size=1000, callbacks=[stopping], verbose=0
)

# %% callback
class Stop(keras.callbacks.EarlyStopping):
    def __init__(self, patience):
        super().__init__(patience=patience, restore_best_weights=True)


def stop_in_fit(patience, losses):
    return checks.scripted_fit(Stop(patience), losses)

# %% patiences
curve = full_history.history["val_loss"]
patiences = pd.DataFrame({"ends": [100, 100, 100], "keeps": [1, 1, 1], "val_loss": [curve[0]] * 3}, index=[2, 5, 20])

# %% comparison
comparison = pd.DataFrame(
    [[round(model.evaluate(*part, verbose=0), 1) for part in [(X_val, y_val), (X_test, y_test)]] for model in (full, stopped)],
    index=["full", "stopped"],
    columns=["val_loss", "test_loss"],
)
