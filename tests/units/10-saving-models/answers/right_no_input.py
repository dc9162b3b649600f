"""A model around the network without an Input of its own: Keras builds it when it is used.

Loses: nothing
"""

# %% pack
def pack(network, mean, scale):
    return keras.Sequential([keras.layers.Normalization(mean=mean, variance=np.square(scale)), network])
