"""Subtracts a column from a row, ends with a ReLU or two units, ignores the seed, rounds the table.

Loses: linear, floor, numpy-dropout, first, both, mixed, clean, table, hurting, plain
"""

# %% linear
linear_mse = np.mean((LinearRegression().fit(X_train, y_train[:, None]).predict(X_test) - y_test) ** 2)

# %% floor
def noise_floor(values, slots):
    series, slots = pd.Series(np.asarray(values, float)), np.asarray(slots)
    return ((series - series.groupby(slots).transform("mean")) ** 2).mean()

# %% numpy-dropout
def dropout(values, rate, training, seed):
    if not training:
        return values
    return values * (np.random.random(values.shape) >= rate) / (1 - rate)

# %% first
first = keras.Sequential([keras.layers.Dense(32, "relu"), keras.layers.Dropout(0.1), keras.layers.Dense(2)])
first.compile("rmsprop", "mse")
first.fit(X_train, np.column_stack([y_train, y_train]), epochs=2, verbose=0)

# %% both
both = keras.Sequential(
    [
        keras.Input((48,)),
        keras.layers.Dense(64, "relu"), keras.layers.Dropout(0.1),
        keras.layers.Dense(64, "relu"), keras.layers.Dropout(0.1),
        keras.layers.Dense(1),
    ]
)  # fmt: skip
both.compile("rmsprop", "mse")
both_history = both.fit(X_train, y_train, epochs=5, verbose=0)

# %% mixed
mixed = both

# %% clean
reported_error = both_history.history["loss"]
clean_error = np.mean((both(X_train, training=True)[:, 0] - y_train) ** 2)

# %% table
rows_of = {}
for name, network in {"plain": plain, "first": plain, "both": both, "mixed": mixed}.items():
    train_mse = network.evaluate(X_train, y_train, verbose=0)
    test_mse = network.evaluate(X_test, y_test, verbose=0)
    rows_of[name] = {"train_mse": round(train_mse, 1), "test_mse": round(test_mse, 1), "gap": train_mse - test_mse}
comparison = pd.DataFrame.from_dict(rows_of, orient="index")

# %% hurting
small = small_dropped = first
hurt = None

# %% plain
keras.utils.set_random_seed(1)
plain = keras.Sequential([keras.Input((48,)), *(keras.layers.Dense(64, "relu") for _ in range(2)), keras.layers.Dense(1)])
plain.compile("rmsprop", "mse")
plain_history = plain.fit(X_train, y_train, epochs=60, validation_data=(X_test, y_test), validation_batch_size=3000, verbose=0)
