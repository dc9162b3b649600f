"""Linear algebra by hand, networks built layer by layer with named and superfluous layers, another seed.

Loses: nothing
"""

# %% linear
A = np.column_stack([X_train, np.ones(len(X_train))])
weights = np.linalg.lstsq(A, y_train)[0]
linear_mse = float(((X_test @ weights[:-1] + weights[-1] - y_test) ** 2).mean())

# %% floor
def noise_floor(values, slots):
    groups = pd.DataFrame({"value": np.array(values, float), "slot": list(slots)}).groupby("slot")["value"]
    return (groups.var(ddof=0) * groups.count()).sum() / (groups.count() - 1).sum()

# %% plain
L = keras.layers
keras.utils.set_random_seed(7)
plain = keras.Sequential(name="by_heart")
for _ in range(2):
    plain.add(L.Dense(32, kernel_initializer="he_normal"))
    plain.add(L.Activation("relu"))
plain.add(L.Dense(1))
plain.compile("rmsprop", "mean_squared_error")
plain_history = plain.fit(
    X_train, y_train, batch_size=32, epochs=60, validation_data=(X_test, y_test), validation_batch_size=3000, verbose=0
).history

# %% numpy-dropout
def dropout(values, rate, training, seed):
    result = np.array(values, dtype=float)
    if training:
        result[np.random.default_rng(seed).binomial(1, rate, result.shape) == 1] = 0
        result /= 1 - rate
    return result

# %% first
first = keras.Sequential([L.Dense(32, "relu"), L.Dropout(0.1, seed=3), L.Dense(32, "relu"), L.Dropout(0), L.Dense(1)])
first.compile("rmsprop", "mse")
first.fit(X_train, y_train, epochs=60, verbose=0)

# %% both
half = keras.Sequential([keras.Input((48,)), L.Dense(32, "relu"), L.Dropout(0.1)])
both = keras.Sequential([half, L.Dense(32, "relu"), L.Dropout(0.1), L.Flatten(), L.Dense(1)])
both.compile("rmsprop", "mse")
both_history = both.fit(X_train, y_train, epochs=60, verbose=0).history

# %% mixed
mixed = keras.Sequential()
for rate in (0.2, 0.1):
    mixed.add(L.Dense(32, "relu"))
    mixed.add(L.Dropout(rate))
mixed.add(L.Dense(1))
mixed.compile("rmsprop", "mse")
mixed.fit(X_train, y_train, epochs=60, verbose=0)

# %% clean
reported_error = both_history["loss"][59]
clean_error = keras.losses.mean_squared_error(y_train, both(X_train)[:, 0])

# %% table
comparison = pd.DataFrame(index=["plain", "first", "both", "mixed"], columns=["train_mse", "test_mse", "gap"], dtype=float)
for name, model in zip(comparison.index, [plain, first, both, mixed]):
    comparison.loc[name, "train_mse"] = ((model.predict(X_train, verbose=0)[:, 0] - y_train) ** 2).mean()
    comparison.loc[name, "test_mse"] = ((model.predict(X_test, verbose=0)[:, 0] - y_test) ** 2).mean()
comparison["gap"] = comparison["test_mse"] - comparison["train_mse"]

# %% hurting
errors = {}
for rates in [(0, 0), (0.2, 0.1)]:
    keras.utils.set_random_seed(4)
    network = keras.Sequential([keras.Input((10,))])
    for rate in rates:
        network.add(L.Dense(10, "relu"))
        network.add(L.Dropout(rate))
    network.add(L.Dense(1))
    network.compile("rmsprop", "mse")
    network.fit(X_small, y_train, epochs=60, verbose=0)
    errors[rates] = network.evaluate(X_small_test, y_test, verbose=0)
    if rates == (0, 0):
        small = network
small_dropped = network
hurt = errors[0.2, 0.1] / errors[0, 0]
