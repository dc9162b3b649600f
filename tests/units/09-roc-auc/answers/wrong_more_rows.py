"""Trains the parrot on the validation rows as well: it knows these by heart, too, and shows no gap.

Loses: parrot
"""

# %% parrot
keras.utils.set_random_seed(1)
parrot = keras.Sequential([keras.Input((19,)), *(keras.layers.Dense(64, "relu") for _ in range(2)), keras.layers.Dense(1, "sigmoid")])
parrot.compile(keras.optimizers.Adam(0.003), "binary_crossentropy")
parrot.fit(np.concatenate([X_train, X_val]), np.concatenate([y_train, y_val]), batch_size=64, epochs=25, verbose=0)
