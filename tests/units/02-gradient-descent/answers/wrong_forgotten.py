"""Prints instead of returning, forgets ends, biases and ReLU.

Loses: mse, cross-entropy, hinge, slopes, step, train, backward, batches, momentum, rate
"""

# %% mse
def mse(predicted, actual):
    print(np.mean((predicted - actual) ** 2))

# %% cross-entropy
def cross_entropy(y, p):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

# %% hinge
def hinge(y, score):
    return np.mean(1 - (2 * y - 1) * score)

# %% slopes
def slopes(w, b, X, y):
    error = X @ w - y
    return 2 * X.T @ error / len(y), 2 * np.mean(error)

# %% step
def step(weights, gradient, learning_rate):
    return [weights[0] - learning_rate * gradient[0]]

# %% train
def train(X, y, learning_rate, steps):
    w, b, losses = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        error = X @ w + b - y
        w = w - learning_rate * 2 * X.T @ error / len(y)
        b = b - learning_rate * 2 * np.mean(error)
        losses.append(np.mean((X @ w + b - y) ** 2))
    return w, b, losses

# %% rate
good_rate = 1.0

# %% backward
def backward(X, y, W1, b1, W2, b2):
    sums, hidden, predicted = forward(X, W1, b1, W2, b2)
    at_output = 2 * (predicted - y) / len(y)
    at_hidden = at_output @ W2.T
    return X.T @ at_hidden, at_hidden.sum(axis=0), hidden.T @ at_output, at_output.sum(axis=0)

# %% batches
def epoch_batches(n, size, seed):
    order = np.random.default_rng(seed).permutation(n)
    for start in range(0, n, size):
        return [order[start : start + size]]

# %% momentum
def momentum_step(w, velocity, slope, learning_rate, momentum):
    return w - learning_rate * slope, velocity
