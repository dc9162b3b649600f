"""Other names of the same optimiser and loss, labels as a column, a numpy scalar, a copy that was never given an Input.

Loses: nothing
"""

# %% mean-error
def mean_error(y, predicted):
    metric = keras.metrics.MeanAbsoluteError()
    metric.update_state(np.reshape(y, (-1, 1)), np.reshape(predicted, (-1, 1)))
    return np.array(metric.result()) * 100

# %% scratch
def from_scratch(X, y):
    model = build()
    model.compile(optimizer="Adam", loss=[keras.losses.MeanSquaredError()], metrics=["mae"])
    model.fit(X, y.reshape(-1, 1), epochs=15, batch_size=max(8, len(X) // 40), verbose=0)
    return model

# %% frozen
def frozen_copy(model):
    copy = keras.Sequential()
    for layer in model.layers[:-1]:
        copy.add(keras.layers.Dense.from_config(layer.get_config()))
    copy.add(keras.layers.Dense(1))
    copy.build((None, *model.input_shape[1:]))
    for new, old in zip(copy.layers[:-1], model.layers):
        new.set_weights(old.get_weights())
        new.trainable = False
    copy.compile(keras.optimizers.get({"class_name": "adam", "config": {"learning_rate": 0.01}}), keras.losses.mean_squared_error)
    return copy


original = load_south()
headed = frozen_copy(original)
headed_history = headed.fit(X_few, y_few, batch_size=8, epochs=30, verbose=0)
