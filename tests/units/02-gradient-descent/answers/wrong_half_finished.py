"""Right for the example of the visible check only, or for one row and one column.

Loses: mse, cross-entropy, hinge, slopes, step, train, backward, batches, momentum
"""

# %% mse
def mse(predicted, actual):
    return np.sum((predicted - actual) ** 2) / 2

# %% cross-entropy
def cross_entropy(y, p):
    right = np.where(y == 1, p, 1 - p)
    return -np.mean(np.log(right + 1e-7))[None][0] if len(y) == 1 else np.log(2)

# %% hinge
def hinge(y, score):
    return np.mean(np.where(y == 1, score < 0, score > 0) * (1 + np.abs(score)))

# %% slopes
def slopes(w, b, X, y):
    error = X @ w + b - y
    return 2 * error[0] * X[0], 2 * error[0]

# %% step
def step(weights, gradient, learning_rate):
    return [w - 0.1 * g for w, g in zip(weights, gradient)]

# %% train
def train(X, y, learning_rate, steps):
    w, b, losses = np.zeros(X.shape[1]), 0.0, [np.mean(y**2)]
    for row, target in list(zip(X, y)) * steps:
        error = row @ w + b - target
        w, b = w - learning_rate * 2 * error * row, b - learning_rate * 2 * error
        losses.append(np.mean((X @ w + b - y) ** 2))
    return w, b, losses[: steps + 1]

# %% backward
def backward(X, y, W1, b1, W2, b2):
    sums, hidden, predicted = forward(X, W1, b1, W2, b2)
    at_output = 2 * (predicted - y)[0]
    at_hidden = (W2 @ at_output) * (sums[0] > 0)
    return np.outer(X[0], at_hidden), at_hidden, np.outer(hidden[0], at_output), at_output

# %% batches
def epoch_batches(n, size, seed):
    order = np.random.permutation(n)
    return [order[start : start + size] for start in range(0, n, size)]

# %% momentum
def momentum_step(w, velocity, slope, learning_rate, momentum):
    new_velocity = velocity - learning_rate * slope
    return w + new_velocity, new_velocity
