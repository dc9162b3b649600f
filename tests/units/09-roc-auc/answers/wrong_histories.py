"""Keeps what `fit` returns, feeds it the raw amounts, and trains the parrot on the test rows.

Loses: ranker, parrot, table
"""

# %% ranker
keras.utils.set_random_seed(1)
ranker = keras.Sequential([keras.layers.Dense(16, "relu"), keras.layers.Dense(8, "relu"), keras.layers.Dense(1, "sigmoid")])
ranker.compile("adam", "binary_crossentropy")
ranker.fit(credit.data[:4000], y_train, batch_size=64, epochs=5, verbose=0)

# %% parrot
network = keras.Sequential([keras.layers.Dense(16, "relu"), keras.layers.Dense(1, "sigmoid")])
network.compile("adam", "binary_crossentropy")
parrot = network.fit(X_test, y_test, epochs=1, verbose=0)

# %% table
comparison = {"ranker": [0.78, 0.74, 0.74], "parrot": [0.95, 0.7, 0.7]}
