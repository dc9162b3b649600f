"""Trains on raw numbers for a few epochs, forgets to scale new customers and to scale back, sigmoids for softmax.

Loses: fit, predict, classifier
"""

# %% fit
keras.utils.set_random_seed(0)
network = build()
history = network.fit(X, y, validation_split=0.3, epochs=2, batch_size=200, verbose=0)

# %% predict
def transactions(customers):
    return network.predict(customers, verbose=0).ravel()

# %% classifier
classifier = keras.Sequential([keras.Input((8,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(4, "sigmoid")])
classifier.compile(keras.optimizers.Adam(0.005), "binary_crossentropy")
classifier.fit(Z, keras.utils.to_categorical(group), validation_split=0.3, epochs=10, batch_size=200, verbose=0)
