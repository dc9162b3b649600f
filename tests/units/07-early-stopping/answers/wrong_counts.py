"""Counts from 0, compares with the epoch before, waits one epoch too long, keeps the last weights, mixes up rows.

Loses: kept, last, best, full, stopped, callback, patiences, comparison
"""

# %% kept
def kept_epoch(losses, min_delta):
    return int(np.argmin(losses))

# %% last
def last_epoch(losses, patience, min_delta):
    waited = 0
    for epoch in range(1, len(losses)):
        waited = 0 if losses[epoch] < losses[epoch - 1] - min_delta else waited + 1
        if waited >= patience:
            return epoch + 1
    return len(losses)

# %% best
def kept_best(values, mode, start_from_epoch):
    seen = values[start_from_epoch:]
    return int(np.argmin(seen) if mode == "min" else np.argmax(seen)) + 1

# %% full
full = build()
full_history = full.fit(X_train, y_train, epochs=10, validation_data=(X_val, y_val), validation_batch_size=1000, verbose=0)

# %% stopped
stopped = keras.Sequential([keras.Input((10,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(1, "sigmoid")])
stopped.compile("adam", "binary_crossentropy")
stopping = keras.callbacks.EarlyStopping(monitor="val_loss", min_delta=0.05, patience=3)
stopped_history = stopped.fit(
    X_train, y_train, epochs=500, validation_data=(X_val, y_val), validation_batch_size=1000, callbacks=[stopping], verbose=0
)

# %% callback
class Stop(keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience, self.best, self.waited = patience, np.inf, 0

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] < self.best:
            self.best, self.waited = logs["val_loss"], 0
        else:
            self.waited += 1
            if self.waited >= self.patience:
                self.model.stop_training = True


def stop_in_fit(patience, losses):
    return checks.scripted_fit(Stop(patience), losses)

# %% patiences
patiences = pd.DataFrame({"ends": [9, 9, 9, 9], "keeps": [0, 1, 2, 3], "val_loss": 0.3}, index=[0, 2, 5, 20])

# %% comparison
rows = {}
for name, model in {"full": full, "stopped": stopped}.items():
    loss = model.evaluate(X_train, y_train, verbose=0)
    rows[name] = {"val_loss": loss, "test_loss": loss}
comparison = pd.DataFrame.from_dict(rows, orient="index")
