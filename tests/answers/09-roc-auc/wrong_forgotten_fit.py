"""Without an Input and without `fit`: nothing was learnt.

Loses: parrot
"""

# %% parrot
parrot = keras.Sequential([keras.layers.Dense(64, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
parrot.compile(optimizer="adam", loss="bce")
