"""Takes absolute differences, a floor without its divisor, the chance to stay for the rate, and gaps, numbers and a ratio the wrong way round.

Loses: linear, floor, numpy-dropout, clean, table, hurting
"""

# %% linear
linear_mse = np.abs(LinearRegression().fit(X_train, y_train).predict(X_test) - y_test).mean()

# %% floor
def noise_floor(values, slots):
    series = pd.Series(np.asarray(values, float))
    return ((series - series.groupby(np.asarray(slots)).transform("mean")) ** 2).sum()

# %% numpy-dropout
def dropout(values, rate, training, seed):
    if not training:
        return values
    keep = np.random.default_rng(seed).random(np.shape(values)) < rate
    return np.where(keep, values / (1 - rate), 0)

# %% clean
clean_error = both_history.history["loss"][-1]
reported_error = np.mean((both.predict(X_train, verbose=0).ravel() - y_train) ** 2)

# %% table
rows_of = {}
for name, network in {"plain": plain, "first": first, "both": both, "mixed": mixed}.items():
    train_mse = np.mean((network.predict(X_train, verbose=0).ravel() - y_train) ** 2)
    test_mse = np.mean((network.predict(X_test, verbose=0).ravel() - y_test) ** 2)
    rows_of[name] = {"train_mse": train_mse, "test_mse": test_mse, "gap": train_mse - test_mse}
comparison = pd.DataFrame.from_dict(rows_of, orient="index")

# %% hurting
small, small_dropped = (keras.Sequential([keras.Input((10,))]) for _ in range(2))
for model, rates in [(small, (0, 0)), (small_dropped, (0.2, 0.1))]:
    keras.utils.set_random_seed(1)
    for rate in rates:
        model.add(keras.layers.Dense(10, "relu"))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1))
    model.compile("rmsprop", "mse")
    model.fit(X_small, y_train, epochs=60, verbose=0)
hurt = small.evaluate(X_small_test, y_test, verbose=0) / small_dropped.evaluate(X_small_test, y_test, verbose=0)
