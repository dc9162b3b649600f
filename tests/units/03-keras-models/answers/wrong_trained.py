"""Trains the network before it gives it back.

Loses: build
"""

# %% build
def build():
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(16, "relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.005), "mae")
    model.fit(X_train, y_train, batch_size=1000, verbose=0)
    return model

# %% fit
network = keras.Sequential([keras.Input((8,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(1)])
network.compile(keras.optimizers.Adam(0.01), "mae")
history = network.fit(Z, t, validation_split=0.3, epochs=8, batch_size=100, verbose=0)
