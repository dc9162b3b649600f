"""RMSprop where the question asks for Adam, with all its numbers right.

Loses: scratch, frozen
"""

# %% scratch
def from_scratch(X, y):
    model = build()
    model.compile(keras.optimizers.RMSprop(0.001), "mse")
    model.fit(X, y, epochs=15, batch_size=max(8, len(X) // 40), verbose=0)
    return model

# %% frozen
def frozen_copy(model):
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    for layer in twin.layers[:-1]:
        layer.trainable = False
    copy = keras.Sequential([keras.Input(model.input_shape[1:]), *twin.layers[:-1], keras.layers.Dense(1)])
    copy.compile(keras.optimizers.RMSprop(0.01), "mse")
    return copy


original = load_south()
headed = frozen_copy(original)
headed_history = headed.fit(X_few, y_few, batch_size=8, epochs=30, verbose=0)
