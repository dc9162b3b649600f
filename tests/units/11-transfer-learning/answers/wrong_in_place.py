"""Takes arrays only, rounds, minimises another loss, copies without the activations, thaws the model it was given.

Loses: mean-error, baselines, scratch, frozen, tuned
"""

# %% mean-error
def mean_error(y, predicted):
    return 100 * np.mean(np.abs(predicted.ravel() - y))

# %% baselines
guess = round(float(100 * np.mean(np.abs(y_val - y_few.mean()))), 1)
as_is = round(float(100 * np.mean(np.abs(y_val - load_south().predict(X_val, verbose=0).ravel()))), 1)

# %% scratch
def from_scratch(X, y):
    model = build()
    model.compile(keras.optimizers.Adam(0.001), keras.losses.Huber())
    model.fit(X, y, epochs=15, batch_size=max(8, len(X) // 40), verbose=0)
    return model

# %% frozen
def frozen_copy(model):
    copy = keras.Sequential([keras.Input(model.input_shape[1:])])
    for layer in model.layers[:-1]:
        copy.add(keras.layers.Dense(layer.units, activation="relu"))
        copy.layers[-1].set_weights(layer.get_weights())
        copy.layers[-1].trainable = False
    copy.add(keras.layers.Dense(1))
    copy.compile(keras.optimizers.Adam(0.01), "mse")
    return copy


original = load_south()
headed = frozen_copy(original)
headed_history = headed.fit(X_few, y_few, batch_size=8, epochs=30, verbose=0)

# %% tuned
def fine_tuned(model, X, y):
    for layer in model.layers:
        layer.trainable = True
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    copy.compile(keras.optimizers.Adam(0.0001), "mse")
    copy.fit(X, y, epochs=15, batch_size=max(8, len(X) // 40), verbose=0)
    return copy


home = load_south()
home.layers[0].trainable = False
tuned = fine_tuned(home, X_few, y_few)
