"""Reads all numbers off histories, where dropout was on, and keeps a History where a model is asked for.

Loses: linear, floor, plain, numpy-dropout, first, clean, table, hurting
"""

# %% linear
linear_mse = LinearRegression().fit(X_train, y_train).score(X_test, y_test)

# %% floor
def noise_floor(values, slots):
    print(np.var(values))

# %% plain
plain_history = keras.Sequential([keras.layers.Dense(32, "relu"), keras.layers.Dense(1)])
plain_history.compile("rmsprop", "mse")
plain = plain_history.fit(X_train, y_train, epochs=2, verbose=0)

# %% numpy-dropout
def dropout(values, rate, training, seed):
    keep = np.random.default_rng(seed).random(values.shape) >= rate
    return values * keep / (1 - rate)

# %% first
first = plain

# %% clean
reported_error = clean_error = both_history.history["loss"][-1]

# %% table
comparison = pd.DataFrame(
    {
        name: {"train_mse": history.history["loss"][-1], "test_mse": 0.12, "gap": 0.12 - history.history["loss"][-1]}
        for name, history in dict(plain=plain, first=plain, both=both_history, mixed=both_history).items()
    }
).T

# %% hurting
small = small_dropped = plain
hurt = 1
