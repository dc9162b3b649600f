"""Confuses L1 and L2, kernels and biases, sum of squares and length, one layer and all; the table is right.

Loses: majority, penalty, near-zero, build, plain, l2, l1, both, collapsed
"""

# %% majority
majority_accuracy = 100 * np.mean(y_val == 0)

# %% penalty
def penalty(kernels, l1=0.0, l2=0.0):
    w = np.concatenate([k.ravel() for k in kernels])
    return l1 * np.abs(w).sum() + l2 * np.sqrt((w**2).sum())

# %% near-zero
def share_near_zero(kernels, limit):
    return np.sum(np.abs(np.concatenate([k.ravel() for k in kernels])) < limit)

# %% build
def network(first=None, second=None, bias=None):
    model = keras.Sequential(
        [
            keras.Input((10,)),
            keras.layers.Dense(64, "relu", kernel_regularizer=first, bias_regularizer=bias),
            keras.layers.Dense(64, "relu", kernel_regularizer=second, bias_regularizer=bias),
            keras.layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.005), "binary_crossentropy", metrics=["accuracy", "binary_crossentropy"])
    return model


def build(l1=0.0, l2=0.0):
    return network(bias=keras.regularizers.L1L2(l1, l2))

# %% plain
plain = network("l2", "l2")
plain_history = train(plain)

# %% l2
l2_models = {s: network(keras.regularizers.L1(s), keras.regularizers.L1(s)) for s in [0.001, 0.01, 0.5]}
l2_histories = {0.01: plain_history}

# %% l1
l1_models = {s: network(keras.regularizers.L1(s)) for s in [0.0001, 0.001, 0.1]}

# %% both
both = network(keras.regularizers.L1(0.001), keras.regularizers.L1(0.001))
train(both)

# %% collapsed
def has_collapsed(p):
    return (p > 0.5).mean() in (0, 1) and p.std() == 0
