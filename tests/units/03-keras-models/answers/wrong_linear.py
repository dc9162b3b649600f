"""Leaves out the hidden layers: a linear model in Keras, and one for the groups.

Loses: fit, predict, classifier
"""

# %% fit
network = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
network.compile(keras.optimizers.Adam(0.01), "mae")
history = network.fit(Z, t, validation_split=0.3, epochs=10, batch_size=200, verbose=0)

# %% predict
def transactions(customers):
    scaled = network.predict(input_scaler.transform(customers), batch_size=4096, verbose=0)
    return target_scaler.inverse_transform(scaled).ravel()

# %% classifier
keras.utils.set_random_seed(0)
classifier = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4, "softmax")])
classifier.compile(keras.optimizers.Adam(0.005), "categorical_crossentropy")
classifier.fit(Z, keras.utils.to_categorical(group), validation_split=0.3, epochs=10, batch_size=200, verbose=0)
