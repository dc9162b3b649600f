"""More epochs or larger batches than asked, the same network trained twice, tanh for ReLU.

Loses: plain, first, both, mixed, hurting, numpy-dropout, clean
"""

# %% plain
def new_network(*rates, width=48, activation="relu"):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((width,))])
    for rate in rates:
        model.add(keras.layers.Dense(32 if width == 48 else 10, activation))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1))
    model.compile("rmsprop", "mse")
    return model


plain = new_network(0, 0)
plain_history = plain.fit(
    X_train, y_train, epochs=70, validation_data=(X_test, y_test), validation_batch_size=3000, verbose=0
)

# %% first
first = new_network(0.1, 0)
first.fit(X_train, y_train, epochs=61, verbose=0)

# %% both
both = new_network(0.1, 0.1)
both.fit(X_train, y_train, epochs=30, verbose=0)
both_history = both.fit(X_train, y_train, epochs=60, verbose=0)

# %% mixed
mixed = new_network(0.2, 0.1, activation="tanh")
mixed.fit(X_train, y_train, epochs=60, verbose=0)

# %% hurting
small, small_dropped = new_network(0, 0, width=10), new_network(0.2, 0.1, width=10)
small.fit(X_small, y_train, epochs=60, batch_size=64, verbose=0)
small_dropped.fit(X_small, y_train, epochs=120, batch_size=64, verbose=0)
hurt = np.mean((small_dropped.predict(X_small_test, verbose=0).ravel() - y_test) ** 2)
hurt /= np.mean((small.predict(X_small_test, verbose=0).ravel() - y_test) ** 2)

# %% numpy-dropout
def dropout(values, rate, training, seed):
    values = np.ravel(values)
    return values * (np.random.default_rng(seed).random(values.shape) >= rate) / (1 - rate) if training else values

# %% clean
reported_error = round(both_history.history["loss"][-1], 2)
clean_error = round(np.mean((both.predict(X_train, verbose=0).ravel() - y_train) ** 2), 2)
