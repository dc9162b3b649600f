"""Trains on the test rows too, takes the error's root, drops whole columns, divides the other way round.

Loses: linear, floor, plain, numpy-dropout, first, both, mixed, clean, table, hurting
"""

# %% linear
linear_mse = np.mean((LinearRegression().fit(X_train, y_train).predict(X_test) - y_test) ** 2) ** 0.5

# %% floor
def noise_floor(values, slots):
    values, slots = np.asarray(values, float), np.asarray(slots)
    squares = sum(((values[slots == s] - values[slots == s].mean()) ** 2).sum() for s in range(slots.max() + 1) if s in slots)
    return squares / (len(values) - slots.max() - 1)

# %% plain
def network(*rates, epochs=12):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((48,))])
    for rate in rates:
        model.add(keras.layers.Dense(32, "relu"))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1))
    model.compile("rmsprop", "mse")
    X, y = np.concatenate([X_train, X_test]), np.concatenate([y_train, y_test])
    return model, model.fit(X, y, epochs=epochs, validation_data=(X_test, y_test), validation_batch_size=3000, verbose=0)


plain, plain_history = network(0, 0, epochs=40)

# %% numpy-dropout
def dropout(values, rate, training, seed):
    if not training:
        return values
    keep = np.random.default_rng(seed).random(values.shape[-1]) >= rate
    return values * keep / (1 - rate)

# %% first
first, _ = network(0.1, 0)

# %% both
both, both_history = network(0.1, 0.1)

# %% mixed
mixed, _ = network(0.2, 0.1)

# %% clean
reported_error = both_history.history["val_loss"][-1]
clean_error = np.mean((both.predict(X_train, verbose=0) - y_train) ** 2)

# %% table
comparison = {"plain": plain, "first": first, "both": both, "mixed": mixed}

# %% hurting
def small_network(first_rate, second_rate):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((10,))])
    for rate in (first_rate, second_rate):
        model.add(keras.layers.Dense(10, "relu"))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1))
    model.compile("rmsprop", "mse")
    model.fit(X_small, y_train, epochs=60, verbose=0)
    return model, model.evaluate(X_small_test, y_test, verbose=0)


(small, small_error), (small_dropped, dropped_error) = small_network(0, 0), small_network(0.2, 0.1)
hurt = small_error / dropped_error
