"""Sums instead of means, and the factor 2 forgotten.

Loses: mse, cross-entropy, hinge, slopes, train, backward, batches, rate, momentum, step
"""

# %% mse
def mse(predicted, actual):
    return np.sum((predicted - actual) ** 2)

# %% cross-entropy
def cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) / 2

# %% hinge
def hinge(y, score):
    return np.sum(np.maximum(0, 1 - (2 * y - 1) * score))

# %% slopes
def slopes(w, b, X, y):
    error = X @ w + b - y
    return 2 * X.T @ error, 2 * np.sum(error)

# %% step
def step(weights, gradient, learning_rate):
    return [w - g for w, g in zip(weights, gradient)]

# %% train
def train(X, y, learning_rate, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    losses = [np.mean(y**2)]
    for _ in range(steps):
        error = X @ w + b - y
        w = w - learning_rate * X.T @ error / len(y)
        b = b - learning_rate * np.mean(error)
        losses.append(np.mean((X @ w + b - y) ** 2))
    return w, b, losses

# %% rate
good_rate = 0.01

# %% backward
def backward(X, y, W1, b1, W2, b2):
    sums, hidden, predicted = forward(X, W1, b1, W2, b2)
    at_output = 2 * (predicted - y)
    at_hidden = (at_output @ W2.T) * (sums > 0)
    return X.T @ at_hidden, at_hidden.sum(axis=0), hidden.T @ at_output, at_output.sum(axis=0)

# %% batches
def epoch_batches(n, size, seed):
    order = np.random.default_rng(seed).permutation(n)
    return [order[k * size : (k + 1) * size] for k in range(n // size)]

# %% momentum
def momentum_step(w, velocity, slope, learning_rate, momentum):
    velocity = momentum * velocity - (1 - momentum) * slope
    return w + learning_rate * velocity, velocity
