"""The functional API with dropout before the activation, loops and other tools for every number.

Loses: nothing
"""

# %% linear
from sklearn.metrics import mean_squared_error
from sklearn.pipeline import make_pipeline

line = make_pipeline(StandardScaler(), LinearRegression())
line.fit(X_train, y_train)
linear_mse = mean_squared_error(y_test, line.predict(X_test))

# %% floor
def noise_floor(values, slots):
    groups = {}
    for value, slot in zip(values, slots):
        groups.setdefault(slot, []).append(float(value))
    squares = sum(np.var(group) * len(group) for group in groups.values())
    return squares / sum(len(group) - 1 for group in groups.values())

# %% plain
def network(columns, units, before=None, behind=None):
    x = inputs = keras.Input((columns,))
    for rate in (before, behind):
        x = keras.layers.Dense(units)(x)
        if rate:
            x = keras.layers.Dropout(rate)(x)
        x = keras.layers.ReLU()(x)
    model = keras.Model(inputs, keras.layers.Dense(1, activation="linear")(x))
    model.compile(keras.optimizers.RMSprop(), keras.losses.MeanSquaredError(), metrics=["mae"])
    return model


keras.utils.set_random_seed(21)
plain = network(48, 32)
plain_history = plain.fit(X_train, y_train, epochs=60, validation_data=(X_test, y_test), validation_batch_size=3000, verbose=0)

# %% numpy-dropout
def dropout(x, p, training, seed):
    if not training or p == 0:
        return x
    generator = np.random.default_rng(seed)
    return np.where(generator.uniform(size=np.shape(x)) < p, 0, x / (1 - p))

# %% first
first = network(48, 32, 0.1)
first.fit(X_train, y_train, epochs=60, verbose=0)

# %% both
both = network(48, 32, 0.1, 0.1)
both_history = both.fit(X_train, y_train, epochs=60, verbose=0)

# %% mixed
mixed = network(48, 32, 0.2, 0.1)
mixed.fit(X_train, y_train, epochs=60, verbose=0)

# %% clean
reported_error = list(both_history.history["loss"]).pop()
clean_error = both.evaluate(X_train, y_train, verbose=0, return_dict=True)["loss"]

# %% table
def errors_of(model):
    now, later = (mean_squared_error(y, model.predict(X, verbose=0)) for X, y in [(X_train, y_train), (X_test, y_test)])
    return {"gap": later - now, "test_mse": later, "train_mse": now, "rmse": later**0.5}


comparison = pd.DataFrame({name: errors_of(m) for name, m in [("both", both), ("plain", plain), ("mixed", mixed), ("first", first)]}).T

# %% hurting
small, small_dropped = network(10, 10), network(10, 10, 0.2, 0.1)
for m in (small, small_dropped):
    m.fit(X_small, y_train, epochs=60, verbose=0)
hurt = small_dropped.evaluate(X_small_test, y_test, verbose=0)[0] / small.evaluate(X_small_test, y_test, verbose=0)[0]
