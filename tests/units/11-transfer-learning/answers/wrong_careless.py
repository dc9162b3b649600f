"""Overlooks the column, the penalty, shared layers and the south's scaler; tunes in haste.

Loses: mean-error, baselines, ridge, scratch, frozen, count, tuned, spread, rule, predict
"""

# %% mean-error
def mean_error(y, predicted):
    return 100 * np.mean(np.abs(predicted - y))

# %% baselines
guess = 100 * np.mean(np.abs(y_few - y_few.mean()))
as_is = 100 * np.mean(np.abs(load_south().predict(X_few, verbose=0).ravel() - y_few))

# %% ridge
from sklearn.linear_model import LinearRegression


def ridge_values(X, y, X_new):
    return LinearRegression().fit(X, y).predict(X_new)

# %% scratch
def from_scratch(X, y):
    model = load_south()
    model.compile("adam", "mse")
    model.fit(X, y, epochs=15, batch_size=max(8, len(X) // 40), verbose=0)
    return model

# %% frozen
def frozen_copy(model):
    for layer in model.layers[:-1]:
        layer.trainable = False
    copy = keras.Sequential([*model.layers[:-1], keras.layers.Dense(1)])
    copy.compile(keras.optimizers.Adam(0.01), "mse")
    return copy


original = load_south()
headed = frozen_copy(original)
headed_history = headed.fit(X_few, y_few, batch_size=8, epochs=30, verbose=0)

# %% count
def count_weights(model):
    return len(model.trainable_weights), len(model.non_trainable_weights)

# %% tuned
def fine_tuned(model, X, y):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        layer.trainable = True
    copy.compile(keras.optimizers.Adam(0.01), "mse")
    copy.fit(X, y, epochs=15, batch_size=max(8, len(X) // 40), verbose=0)
    return copy


home = load_south()
home.layers[0].trainable = False
tuned = fine_tuned(home, X_few, y_few)

# %% spread
def spread(runs):
    return runs.groupby(["rows", "way"])["error"].describe()

# %% rule
def no_longer_pays(rows, transfer, scratch, margin):
    for n, t, s in zip(rows, transfer, scratch):
        if s - t <= margin:
            return n

# %% predict
def values_of(X_raw):
    own = StandardScaler().fit(take_logs(X_raw))
    return load_south().predict(own.transform(take_logs(X_raw)), verbose=0).ravel()
