"""16 and 32 units instead of 32 and 16.

Loses: build
"""

# %% build
def build():
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(32, "relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.005), "mae")
    return model

# %% fit
network = keras.Sequential([keras.Input((8,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(1)])
network.compile(keras.optimizers.Adam(0.01), "mae")
history = network.fit(Z, t, validation_split=0.3, epochs=8, batch_size=100, verbose=0)
