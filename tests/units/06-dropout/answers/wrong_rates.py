"""Takes the rate for the share that stays, drops inputs or forecasts, forgets to scale, averages what is not asked.

Loses: linear, floor, plain, numpy-dropout, first, both, mixed, clean, table, hurting
"""

# %% linear
linear_mse = np.mean((LinearRegression().fit(X_train, y_train).predict(X_train) - y_train) ** 2)

# %% floor
def noise_floor(values, slots):
    return pd.Series(np.asarray(values, float)).groupby(np.asarray(slots)).var().mean()

# %% plain
def network(*layers, columns=48, epochs=60):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((columns,)), *layers])
    model.compile("rmsprop", "mse")
    history = model.fit(X_train if columns == 48 else X_small, y_train, epochs=epochs, verbose=0)
    return model, history


D, O = keras.layers.Dense, keras.layers.Dropout
plain, plain_history = network(D(32, "relu"), D(32, "relu"), D(1), epochs=10)

# %% numpy-dropout
def dropout(values, rate, training, seed):
    if not training:
        return values * (1 - rate)
    return values * (np.random.default_rng(seed).random(values.shape) >= rate)

# %% first
first, _ = network(O(0.1), D(32, "relu"), D(32, "relu"), D(1), epochs=2)

# %% both
both, both_history = network(D(32, "relu"), O(0.9), D(32, "relu"), O(0.9), D(1), epochs=2)

# %% mixed
mixed, _ = network(D(32, "relu"), O(0.1), D(32, "relu"), O(0.2), D(1), epochs=2)

# %% clean
reported_error = both_history.history["loss"][0]
clean_error = np.mean((both.predict(X_train, verbose=0).ravel() - y_train) ** 2)

# %% table
comparison = pd.DataFrame(index=["plain", "first", "both", "mixed"], columns=["train_mse", "test_mse"])

# %% hurting
small, _ = network(D(10, "relu"), D(10, "relu"), D(1), columns=10, epochs=2)
small_dropped, _ = network(D(10, "relu"), O(0.2), D(10, "relu"), O(0.1), D(1), columns=10, epochs=2)
hurt = 1.4
