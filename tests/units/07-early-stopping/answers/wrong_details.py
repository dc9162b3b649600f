"""Right for the examples only: takes ties, forgets `min_delta`, an unlucky start, the end without patience.

Loses: kept, last, best, stopped, callback, patiences, comparison
"""

# %% kept
def kept_epoch(losses, min_delta):
    best = 0
    for place, loss in enumerate(losses):
        if loss <= losses[best] - min_delta:
            best = place
    return best + 1

# %% last
def last_epoch(losses, patience, min_delta):
    best, waited = np.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited and waited >= patience:
            return epoch
    return len(losses)

# %% best
def kept_best(values, mode, start_from_epoch):
    best = min if mode == "min" else max
    return values.index(best(values[start_from_epoch:])) + 1

# %% stopped
stopped = build()
stopping = keras.callbacks.EarlyStopping(monitor="loss", patience=20, restore_best_weights=True)
stopped_history = stopped.fit(
    X_train, y_train, epochs=30, validation_data=(X_val, y_val), validation_batch_size=1000, callbacks=[stopping], verbose=0
)

# %% callback
class Stop(keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience, self.best, self.waited = patience, np.inf, 0

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] < self.best:
            self.best, self.waited, self.weights = logs["val_loss"], 0, self.model.get_weights()
        else:
            self.waited += 1
            if self.waited >= self.patience:
                self.model.stop_training = True
                self.model.set_weights(self.weights)


def stop_in_fit(patience, losses):
    return checks.scripted_fit(Stop(patience), losses)

# %% patiences
curve, rows = full_history.history["val_loss"], {}
for patience in [0, 2, 5, 20]:
    end = last_epoch(curve, patience, 0)
    rows[patience] = {"ends": end, "keeps": int(np.argmin(curve)) + 1, "val_loss": min(curve)}
patiences = pd.DataFrame.from_dict(rows, orient="index")

# %% comparison
rows = {}
for name, model in {"full": full, "stopped": stopped}.items():
    rows[name] = {"val_loss": model.evaluate(X_val, y_val, verbose=0), "test_loss": model.evaluate(X_val, y_val, verbose=0)}
comparison = pd.DataFrame.from_dict(rows, orient="index")
