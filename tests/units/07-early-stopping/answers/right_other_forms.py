"""Arrays and floats instead of lists and integers, turned signs, a dictionary for the history, other argument orders.

Loses: nothing
"""

# %% kept
def kept_epoch(losses, min_delta):
    kept = [0]
    for place in range(1, len(losses)):
        if losses[place] + min_delta < losses[kept[-1]]:
            kept.append(place)
    return np.float64(kept[-1] + 1)

# %% last
def last_epoch(losses, patience, min_delta):
    best, last_better = float("inf"), 0
    for place, loss in enumerate(np.asarray(losses)):
        if best - loss > min_delta:
            best, last_better = loss, place
        elif place - last_better >= max(patience, 1):
            return np.array([place + 1])
    return len(losses)

# %% best
def kept_best(values, mode, start_from_epoch):
    sign = {"min": 1, "max": -1}[mode]
    seen = [(sign * value, place + 1) for place, value in enumerate(values) if place >= start_from_epoch]
    return min(seen)[1]

# %% full
full = build()
full_history = full.fit(
    x=X_train, y=y_train.astype(bool), epochs=100, validation_data=(X_val, y_val[:, None]), validation_batch_size=500, verbose=0
).history

# %% callback
class Stop(keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience, self.losses, self.all_weights = patience, [], []

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs.get("val_loss"))
        self.all_weights.append(self.model.get_weights())
        if len(self.losses) - 1 - np.argmin(self.losses) >= self.patience:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self.model.set_weights(self.all_weights[np.argmin(self.losses)])


def stop_in_fit(patience, losses):
    return checks.scripted_fit(Stop(patience), losses)

# %% patiences
losses = pd.Series(full_history["val_loss"], index=range(1, 101))
found = []
for patience in (20, 5, 2, 0):
    best, end = losses[1], 100
    kept, waited = 1, 0
    for epoch in range(2, 101):
        waited += 1
        if losses[epoch] < best - 1e-3:
            best, kept, waited = losses[epoch], epoch, 0
        elif waited >= max(1, patience):
            end = epoch
            break
    found.append((patience, kept, round(best, 3), end))
patiences = pd.DataFrame(found, columns=["patience", "keeps", "val_loss", "ends"]).set_index("patience")

# %% comparison
comparison = pd.DataFrame(columns=["full", "stopped"], index=["test_loss", "val_loss", "note"], dtype=object)
for name, network in [("full", full), ("stopped", stopped)]:
    for part, X, y in [("val_loss", X_val, y_val), ("test_loss", X_test, y_test)]:
        p = network.predict(X, verbose=0).ravel()
        comparison.loc[part, name] = -np.mean(np.log(np.clip(np.where(y == 1, p, 1 - p), 1e-12, 1)))
comparison = comparison.T
