"""Right parts in the wrong order: results swapped, weights changed before their slopes are computed, shuffled halfway.

Loses: slopes, train, backward, batches, momentum, hinge, cross-entropy, step
"""

# %% cross-entropy
def cross_entropy(p, y):
    y = np.clip(y, 1e-15, 1 - 1e-15)
    return -np.mean(p * np.log(y) + (1 - p) * np.log(1 - y))

# %% hinge
def hinge(y, score):
    return np.mean(np.maximum(0, (2 * y - 1) - score))

# %% slopes
def slopes(w, b, X, y):
    error = X @ w + b - y
    return 2 * np.mean(error), 2 * X.T @ error / len(y)

# %% step
def step(weights, gradient, learning_rate):
    return [learning_rate * w - g for w, g in zip(weights, gradient)]

# %% train
def train(X, y, learning_rate, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    losses = [np.mean(y**2)]
    for _ in range(steps):
        w = w - learning_rate * 2 * X.T @ (X @ w + b - y) / len(y)
        b = b - learning_rate * 2 * np.mean(X @ w + b - y)
        losses.append(np.mean((X @ w + b - y) ** 2))
    return w, b, losses

# %% backward
def backward(X, y, W1, b1, W2, b2):
    sums, hidden, predicted = forward(X, W1, b1, W2, b2)
    at_output = 2 * (predicted - y) / len(y)
    at_hidden = (at_output @ W2.T) * (sums > 0)
    return hidden.T @ at_output, at_output.sum(axis=0), X.T @ at_hidden, at_hidden.sum(axis=0)

# %% batches
def epoch_batches(n, size, seed):
    rng = np.random.default_rng(seed)
    return [rng.permutation(np.arange(start, min(start + size, n))) for start in range(0, n, size)]

# %% momentum
def momentum_step(w, velocity, slope, learning_rate, momentum):
    new_velocity = momentum * velocity - learning_rate * slope
    return new_velocity, w + new_velocity
