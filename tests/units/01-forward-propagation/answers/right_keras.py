"""Keras does the work where it can; a list of pairs; covariances for slopes.

Loses: nothing
"""

# %% relus
def relu(z):
    return keras.ops.relu(z)


def leaky_relu(z, slope=0.1):
    return z * np.where(z < 0, slope, 1)

# %% softmax
def softmax(z):
    rows = []
    for row in z:
        powers = np.exp(row - max(row))
        rows.append(powers / sum(powers))
    return np.array(rows)

# %% better
new_hidden = np.array([[1.0, -1.0], [1.0, 1.0]])
new_output = [2, 3]

# %% forward
def forward(X, weights):
    sizes = [len(weights[0])] + [len(b) for b in weights[1::2]]
    layers = [keras.layers.Dense(n, activation="relu") for n in sizes[1:-1]] + [keras.layers.Dense(sizes[-1])]
    model = keras.Sequential([keras.Input((sizes[0],)), *layers])
    model.set_weights(weights)
    return model.predict(X, verbose=0)

# %% collapse
def collapse(weights):
    if len(weights) == 2:
        return tuple(weights)
    W, b = collapse(weights[2:])
    return weights[0] @ W, weights[1] @ W + b

# %% slopes
def child_slopes(children, accounts, values):
    found = []
    for group in (accounts < 3, accounts > 3):
        spread = np.cov(children[group], values[group])
        found.append(spread[0, 1] / spread[0, 0])
    return np.array(found).tolist()

# %% unit
unit_weights = np.array([2.0, 3.0])
unit_bias = -15
unit_output = 1.5
