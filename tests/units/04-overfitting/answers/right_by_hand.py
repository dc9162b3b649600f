"""Dropout before the activation, an L2 penalty by name, early stopping in a loop of one's own.

Loses: nothing
"""

# %% lazy
ones = sum(y_train) > len(y_train) / 2
lazy_accuracy = sum(label == int(ones) for label in y_val) / len(y_val)

# %% plain
keras.utils.set_random_seed(11)
plain = keras.Sequential()
plain.add(keras.layers.Dense(200, "relu"))
plain.add(keras.layers.Dense(100, "relu"))
plain.add(keras.layers.Dense(1))
plain.add(keras.layers.Activation("sigmoid"))
plain.compile("rmsprop", "binary_crossentropy")
plain_history = plain.fit(
    X_train, y_train, epochs=100, validation_data=(X_val, y_val), validation_batch_size=400, verbose=0
)

# %% gap
plain_gap = plain.evaluate(X_val, y_val, verbose=0) - plain.evaluate(X_train, y_train, verbose=0)

# %% best-epoch
def best_epoch(val_losses):
    best = 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
    return float(best + 1)

# %% share
def share_undone(val_losses, remedy_loss):
    try:
        return 1 - (remedy_loss - min(val_losses)) / (val_losses[-1] - min(val_losses))
    except ZeroDivisionError:
        return 0

# %% dropout
L = keras.layers
dropped = keras.Sequential(
    [
        keras.Input((30,)),
        L.Dense(128), L.Dropout(0.5), L.ReLU(),
        L.Dense(128), L.Dropout(0.5), L.ReLU(),
        L.Dense(1, activation="sigmoid"),
    ]
)  # fmt: skip
dropped.compile("adam", "binary_crossentropy")
dropped_history = dropped.fit(X_train, y_train, epochs=100, verbose=0)

# %% penalty
penalised = keras.Sequential(
    [
        L.Dense(128, activation="relu", kernel_regularizer="l2"),
        L.Dense(128, activation="relu", kernel_regularizer="l2"),
        L.Dense(1, activation="sigmoid", kernel_regularizer="l2"),
    ]
)
penalised.compile("adam", "binary_crossentropy")
penalised_history = penalised.fit(X_train, y_train, epochs=100, verbose=0)

# %% stopping
network = keras.Sequential([L.Dense(128, "relu"), L.Dense(128, "relu"), L.Dense(1, "sigmoid")])
network.compile("adam", "binary_crossentropy")
curve, best_weights = [], None
while len(curve) < 100 and (len(curve) < 6 or min(curve[-6:]) == min(curve)):
    network.fit(X_train, y_train, verbose=0)
    curve.append(network.evaluate(X_val, y_val, batch_size=400, verbose=0))
    if curve[-1] == min(curve):
        best_weights = network.get_weights()
stopped = keras.models.clone_model(network)
stopped.set_weights(best_weights)
stopped_history = {"val_loss": curve}

# %% table
comparison = pd.DataFrame(index=["plain", "dropped", "penalised", "stopped"])
for name, X, y in [("train", X_train, y_train), ("val", X_val, y_val)]:
    p = [m.predict(X, verbose=0).ravel() for m in (plain, dropped, penalised, stopped)]
    right = [np.clip(np.where(y == 1, q, 1 - q), 1e-12, 1) for q in p]
    comparison[f"{name}_loss"] = [-np.mean(np.log(r)) for r in right]
    comparison[f"{name}_accuracy"] = [((q > 0.5) == y).mean() for q in p]
