"""Asks Keras and NumPy where they know the answer, and finite differences for backpropagation.

Loses: nothing
"""

# %% mse
def mse(predicted, actual):
    return keras.losses.MeanSquaredError()(actual, predicted)

# %% cross-entropy
def cross_entropy(y, p):
    return float(keras.losses.binary_crossentropy(y.astype("float32"), p))

# %% hinge
def hinge(y, score):
    return float(keras.losses.hinge(np.where(y == 1, 1.0, -1.0), score))

# %% slopes
def slopes(w, b, X, y):
    X1, w1 = np.c_[X, np.ones(len(X))], np.r_[w, b]
    gradient = 2 * X1.T.dot(X1.dot(w1) - y) / len(X)
    return gradient[:-1], gradient[-1:]

# %% step
def step(weights, gradient, learning_rate):
    for w, g in zip(weights, gradient):
        w -= learning_rate * g
    return weights

# %% train
def train(X, y, learning_rate, steps):
    X1, w1, losses = np.c_[X, np.ones(len(X))], np.zeros(X.shape[1] + 1), []
    for _ in range(steps):
        error = X1 @ w1 - y
        losses.append((error**2).mean())
        w1 -= learning_rate * 2 * (X1 * error[:, None]).mean(axis=0)
    losses.append(((X1 @ w1 - y) ** 2).mean())
    return w1[:-1], w1[-1], losses

# %% rate
rates = np.geomspace(0.01, 1, 21)
ends = [train(X_bank, y_bank, rate, 30)[2][-1] for rate in rates]
good_rate = rates[np.argmin(ends)]

# %% backward
def backward(X, y, *weights):
    found = []
    for place, old in enumerate(weights):
        slope = np.zeros(old.shape)
        for at in np.ndindex(old.shape):
            ends = []
            for nudge in (1e-6, -1e-6):
                nudged = [w.copy() for w in weights]
                nudged[place][at] += nudge
                ends.append(np.mean((forward(X, *nudged)[2] - y) ** 2))
            slope[at] = (ends[0] - ends[1]) / 2e-6
        found.append(slope)
    return tuple(found)

# %% batches
def epoch_batches(n, size, seed):
    order = np.random.RandomState(seed).permutation(n)
    return np.split(order, range(size, n, size))

# %% momentum
def momentum_step(w, velocity, slope, learning_rate, momentum):
    velocity = momentum * velocity
    velocity = velocity - learning_rate * slope
    w = w + velocity
    return w, velocity
