"""Objects, lists and other names for optimiser and loss, small numbers, a loop of single epochs.

Loses: nothing
"""

# %% linear
line = LinearRegression().fit(pd.DataFrame(X_train), pd.Series(y_train))
linear_mse = pd.Series(line.predict(pd.DataFrame(X_test)) - y_test).pow(2).mean()

# %% floor
def noise_floor(values, slots):
    groups = pd.Series(list(values)).groupby(list(slots))
    return (groups.var() * (groups.count() - 1)).sum() / (groups.count() - 1).sum()

# %% plain
def network(width, *rates):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((width,))])
    for rate in rates:
        model.add(keras.layers.Dense(32 if width == 48 else 10))
        model.add(keras.layers.ReLU())
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1))
    return model


plain = network(48, 0, 0)
plain.compile(keras.optimizers.RMSprop(), ["mean_squared_error"])
plain_history = plain.fit(
    X_train, y_train[:, None], epochs=60, validation_data=(X_test, y_test[:, None]), validation_batch_size=3000, verbose=0
)

# %% numpy-dropout
def dropout(values, rate, training, seed):
    values = np.asarray(values, dtype="float32")
    kept = np.random.default_rng(seed).random(values.shape) >= (rate if training else 0)
    values *= kept
    values /= np.float32(1 - (rate if training else 0))
    return values

# %% first
first = network(48, 0.1, 0)
first.compile({"class_name": "RMSprop", "config": {}}, keras.losses.MeanSquaredError())
for _ in range(60):
    first.fit(X_train, y_train, batch_size=32, verbose=0)

# %% mixed
mixed = network(48, 0.2, 0.1)
mixed.compile("RMSprop", keras.losses.mean_squared_error)
draw = np.random.default_rng(0)
for _ in range(60):
    for batch in np.array_split(draw.permutation(512), 16):
        mixed.train_on_batch(X_train[batch], y_train[batch])
