"""Fixed order whatever the seed, learning rates at the edge, momentum of the old velocity, the ReLU slope of the wrong numbers.

Loses: batches, rate, momentum, backward, train, step, mse
"""

# %% mse
def mse(predicted, actual):
    return np.sqrt(np.mean((predicted - actual) ** 2))

# %% step
def step(weights, gradient, learning_rate):
    return [(w - learning_rate * g).ravel() for w, g in zip(weights, gradient)]

# %% train
def train(X, y, learning_rate, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    losses = [np.mean(y**2)]
    for _ in range(steps):
        error = X @ w + b - y
        w = w - learning_rate * 2 * X.T @ error / len(y)
        losses.append(np.mean((X @ w + b - y) ** 2))
    return w, b, losses

# %% rate
good_rate = 0.055

# %% backward
def backward(X, y, W1, b1, W2, b2):
    sums, hidden, predicted = forward(X, W1, b1, W2, b2)
    at_output = 2 * (predicted - y) / len(y)
    at_hidden = (at_output @ W2.T) * (sums > 0)
    return X.T @ at_hidden, at_hidden.mean(axis=0), hidden.T @ at_output, at_output.mean(axis=0)

# %% batches
def epoch_batches(n, size, seed):
    order = np.random.default_rng(0).permutation(n)
    return [order[start : start + size] for start in range(0, n, size)]

# %% momentum
def momentum_step(w, velocity, slope, learning_rate, momentum):
    new_velocity = momentum * velocity - learning_rate * slope
    return w + velocity - learning_rate * slope, new_velocity
