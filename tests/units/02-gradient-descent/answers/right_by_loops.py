"""Loops over rows and weights instead of arrays, Python's own numbers, generators and tuples.

Loses: nothing
"""

# %% mse
def mse(a, b):
    total = 0.0
    for one, other in zip(a, b):
        total += float(one - other) ** 2
    return total / len(a)

# %% cross-entropy
def cross_entropy(y, p):
    total = 0
    for label, probability in zip(y, p):
        right = probability if label == 1 else 1 - probability
        total -= np.log(min(max(right, 1e-7), 1 - 1e-7))
    return total / len(y)

# %% hinge
def hinge(y, score):
    costs = []
    for label, s in zip(y, score):
        costs.append(max(0.0, 1 - s) if label == 1 else max(0.0, 1 + s))
    return sum(costs) / len(costs)

# %% slopes
def slopes(w, b, X, y):
    slope_w, slope_b = [0.0] * len(w), 0.0
    for row, target in zip(X, y):
        error = sum(weight * value for weight, value in zip(w, row)) + b - target
        for k, value in enumerate(row):
            slope_w[k] += 2 * error * value / len(y)
        slope_b += 2 * error / len(y)
    return slope_w, slope_b

# %% step
def step(weights, gradient, learning_rate):
    new = []
    for k in range(len(weights)):
        new.append(weights[k] + (-learning_rate) * gradient[k])
    return tuple(new)

# %% train
def train(X, y, learning_rate, steps):
    w, b, losses = np.zeros(X.shape[1]), 0, []
    for k in range(steps + 1):
        losses.append(mse(X @ w + b, y))
        if k < steps:
            slope_w, slope_b = slopes(w, b, X, y)
            w, b = step([w, np.array([b])], [np.array(slope_w), np.array([slope_b])], learning_rate)
            b = b[0]
    return [w, b, np.array(losses)]

# %% rate
good_rate = 0.3

# %% backward
def backward(X, y, W1, b1, W2, b2):
    found = [np.zeros_like(w) for w in (W1, b1, W2, b2)]
    for x, target in zip(X, y):
        sums = x @ W1 + b1
        hidden = np.where(sums > 0, sums, 0)
        at_output = 2 * (hidden @ W2 + b2 - target) / len(X)
        at_hidden = np.array([W2[k, 0] * at_output[0] if sums[k] > 0 else 0.0 for k in range(len(sums))])
        found[0] += np.outer(x, at_hidden)
        found[1] += at_hidden
        found[2] += np.outer(hidden, at_output)
        found[3] += at_output
    return found

# %% batches
def epoch_batches(n, size, seed):
    order = list(range(n))
    np.random.default_rng(seed).shuffle(order)
    while order:
        yield order[:size]
        order = order[size:]

# %% momentum
def momentum_step(w, velocity, slope, learning_rate, momentum):
    new = -(learning_rate * slope - momentum * velocity)
    return [w + new, new]
