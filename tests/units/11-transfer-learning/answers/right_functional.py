"""The functional API, a frozen body inside the new model, other tools for every number.

Loses: nothing
"""

# %% mean-error
from sklearn.metrics import mean_absolute_error


def mean_error(y, predicted):
    return 100_000 * mean_absolute_error(y, np.asarray(predicted).reshape(-1)) / 1000

# %% baselines
guess = 100 * np.abs(y_val - np.mean(y_few)).mean()
as_is = 100 * np.abs(load_south().predict(X_val, verbose=0)[:, 0] - y_val).mean()

# %% ridge
def ridge_values(X, y, X_new):
    wide = np.vstack([X - X.mean(axis=0), np.eye(X.shape[1])])
    slopes = np.linalg.lstsq(wide, np.concatenate([y - y.mean(), np.zeros(X.shape[1])]), rcond=None)[0]
    return (X_new - X.mean(axis=0)) @ slopes + y.mean()

# %% scratch
def from_scratch(X, y):
    inputs = keras.Input((7,), name="district")
    x = keras.layers.Dense(64)(inputs)
    x = keras.layers.ReLU()(x)
    x = keras.layers.Dense(64, activation=keras.activations.relu)(x)
    model = keras.Model(inputs, keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(2.0))(x))
    model.compile(optimizer="adam", loss=keras.losses.MeanSquaredError(), metrics=["mae"])
    model.fit(X, y[:, None], epochs=15, batch_size=max(8, len(X) // 40), verbose=0)
    return model

# %% frozen
def frozen_copy(model):
    twin = keras.models.clone_model(model)
    for old, new in zip(model.layers, twin.layers):
        new.set_weights(old.get_weights())
    body = keras.Model(twin.inputs, twin.layers[-2].output)
    body.trainable = False
    inputs = keras.Input(model.input_shape[1:])
    outputs = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(2))(body(inputs, training=False))
    copy = keras.Model(inputs, outputs)
    copy.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mean_squared_error")
    return copy


original = load_south()
headed = frozen_copy(original)
headed_history = headed.fit(X_few, y_few, batch_size=8, epochs=30, verbose=0)

# %% count
def count_weights(model):
    kept = {id(w) for w in model.trainable_variables}
    trained = sum(w.numpy().size for w in model.weights if id(w) in kept)
    return [trained, model.count_params() - trained]

# %% tuned
import copy as copies


def fine_tuned(model, X, y):
    copy = keras.Sequential.from_config(copies.deepcopy(model.get_config()))
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        layer.trainable = True
    copy.compile(optimizer=keras.optimizers.Adam(learning_rate=8e-5), loss="mse")
    copy.fit(X, y, epochs=15, batch_size=max(8, len(X) // 40), verbose=0)
    return copy


home = load_south()
home.layers[0].trainable = False
tuned = fine_tuned(home, X_few, y_few)

# %% spread
def spread(runs):
    wide = runs.pivot_table(index=["way", "rows"], values="error", aggfunc=["mean", "min", "max"])
    wide.columns = ["mean", "lowest", "highest"]
    return wide.reset_index().sort_values("mean")

# %% rule
def no_longer_pays(rows, transfer, scratch, margin):
    pays = np.array(scratch) - np.array(transfer) > margin
    candidates = [n for k, n in enumerate(rows) if not pays[k:].any()]
    return min(candidates) if candidates else None

# %% predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

prepared = make_pipeline(FunctionTransformer(take_logs), scaler)
valuer = load_south()


def values_of(X_raw):
    return valuer.predict(prepared.transform(X_raw), verbose=0)
