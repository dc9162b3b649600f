"""Other names for the same loss, a loss in a list, generators and pandas for numbers, a dictionary for a history.

Loses: nothing
"""

# %% lazy
lazy_accuracy = pd.Series(y_val).value_counts(normalize=True)[pd.Series(y_train).mode()[0]]

# %% plain
keras.utils.set_random_seed(1)
plain = keras.Sequential([keras.Input((30,))])
for _ in range(2):
    plain.add(keras.layers.Dense(128, activation="relu"))
plain.add(keras.layers.Dense(1, activation="sigmoid"))
plain.compile(optimizer="adam", loss="bce", metrics=["accuracy"])
plain_history = plain.fit(
    X_train, y_train, epochs=100, batch_size=32, validation_data=(X_val, y_val), validation_batch_size=len(X_val), verbose=0
)

# %% gap
plain_gap = plain.evaluate(X_val, y_val, verbose=0)[0] - plain.evaluate(X_train, y_train, verbose=0)[0]

# %% best-epoch
def best_epoch(val_losses):
    return min(range(len(val_losses)), key=lambda epoch: val_losses[epoch]) + np.int64(1)

# %% share
def share_undone(val_losses, remedy_loss):
    curve = pd.Series(val_losses)
    rise = curve.iloc[-1] - curve.min()
    return np.float32((curve.iloc[-1] - remedy_loss) / rise) if rise else 0

# %% penalty
def network(penalty=None):
    inputs = keras.Input((30,))
    x = inputs
    for _ in range(2):
        x = keras.layers.Dense(128, activation="relu", kernel_regularizer=penalty)(x)
    model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid", name="benign")(x))
    model.compile(keras.optimizers.Nadam(), {"benign": keras.losses.BinaryCrossentropy()}, metrics=[["acc"]])
    return model


penalised = network(keras.regularizers.L1L2(l2=0.02))
penalised_history = penalised.fit(X_train, y_train[:, None], epochs=100, batch_size=32, verbose=0).history

# %% stopping
stopped = network()
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=15, restore_best_weights=True)
stopped_history = stopped.fit(
    X_train, y_train[:, None], epochs=99, validation_data=(X_val, y_val[:, None]), validation_batch_size=369, callbacks=[stop], verbose=0
)

# %% table
rows = []
for name, model in [("plain", plain), ("dropped", dropped), ("penalised", penalised), ("stopped", stopped)]:
    p_train, p_val = model.predict(X_train, verbose=0), model.predict(X_val, verbose=0)
    accuracy = np.mean((p_val[:, 0] > 0.5) == y_val)
    rows.append({"model": name, "train_loss": log_loss(y_train, p_train), "val_loss": log_loss(y_val, p_val), "val_accuracy": accuracy})
comparison = pd.DataFrame(rows).set_index("model").round(4)
