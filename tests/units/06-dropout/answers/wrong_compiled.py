"""Adam for RMSprop, other losses than the squared error, more epochs, smaller batches, other activations.

Loses: plain, first, both, mixed, hurting
"""

# %% plain
def new_network(*rates, width=48, activation="relu", last=None):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((width,))])
    for rate in rates:
        model.add(keras.layers.Dense(32 if width == 48 else 10, activation))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1, last))
    return model


plain = new_network(0, 0)
plain.compile("adam", "mse")
plain_history = plain.fit(
    X_train, y_train, epochs=60, validation_data=(X_test, y_test), validation_batch_size=3000, verbose=0
)

# %% first
first = new_network(0.1, 0)
first.compile("rmsprop", "mae")
first.fit(X_train, y_train, epochs=60, verbose=0)

# %% both
both = new_network(0.1, 0.1)
both.compile("rmsprop", "mse")
both_history = both.fit(X_train, y_train, epochs=60, batch_size=16, verbose=0)

# %% mixed
mixed = new_network(0.2, 0.1, last="leaky_relu")
mixed.compile("rmsprop", "mse")
mixed.fit(X_train, y_train, epochs=60, verbose=0)

# %% hurting
small, small_dropped = new_network(0, 0, width=10), new_network(0.2, 0.1, width=10)
for model in (small, small_dropped):
    model.compile(keras.optimizers.Adam(0.003), keras.losses.Huber())
    model.fit(X_small, y_train, epochs=60, verbose=0)
hurt = np.mean((small_dropped.predict(X_small_test, verbose=0).ravel() - y_test) ** 2)
hurt /= np.mean((small.predict(X_small_test, verbose=0).ravel() - y_test) ** 2)
