"""Predicts in standard deviations, keeps no record of the validation rows, and gives two groups the same column.

Loses: fit, predict, classifier
"""

# %% fit
keras.utils.set_random_seed(2)
network = build()
history = network.fit(Z[:5600], t[:5600], epochs=15, batch_size=200, verbose=0)

# %% predict
def transactions(customers):
    return network.predict(input_scaler.transform(customers), batch_size=4096, verbose=0).ravel()

# %% classifier
classifier = keras.Sequential([keras.Input((8,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(3, "softmax")])
classifier.compile(keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy")
classifier.fit(Z, np.minimum(group, 2), validation_split=0.3, epochs=5, batch_size=200, verbose=0)
