"""Steps uphill, errors the other way round, signs lost.

Loses: mse, cross-entropy, hinge, slopes, step, train, backward, momentum, rate, batches
"""

# %% mse
def mse(predicted, actual):
    return np.mean(predicted - actual) ** 2

# %% cross-entropy
def cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

# %% hinge
def hinge(y, score):
    return np.mean(np.maximum(0, 1 - y * score))

# %% slopes
def slopes(w, b, X, y):
    error = y - (X @ w + b)
    return 2 * X.T @ error / len(y), 2 * np.mean(error)

# %% step
def step(weights, gradient, learning_rate):
    return [w + learning_rate * g for w, g in zip(weights, gradient)]

# %% train
def train(X, y, learning_rate, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    losses = [np.mean(y**2)]
    for _ in range(steps):
        error = X @ w + b - y
        w = w + learning_rate * 2 * X.T @ error / len(y)
        b = b + learning_rate * 2 * np.mean(error)
        losses.append(np.mean((X @ w + b - y) ** 2))
    return w, b, losses

# %% rate
good_rate = -0.15

# %% backward
def backward(X, y, W1, b1, W2, b2):
    sums, hidden, predicted = forward(X, W1, b1, W2, b2)
    at_output = 2 * (y - predicted) / len(y)
    at_hidden = (at_output @ W2.T) * (sums > 0)
    return X.T @ at_hidden, at_hidden.sum(axis=0), hidden.T @ at_output, at_output.sum(axis=0)

# %% batches
def epoch_batches(n, size, seed):
    return [np.arange(n)[start : start + size] for start in range(0, n, size)]

# %% momentum
def momentum_step(w, velocity, slope, learning_rate, momentum):
    velocity = momentum * velocity + learning_rate * slope
    return w - velocity, velocity
