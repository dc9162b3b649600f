"""Another leak than the one asked for, the formula of the lesson, no ReLU, no biases, the output forgotten.

Loses: relus, softmax, error, better, forward, count, collapse, slopes, unit, table
"""

# %% relus
def relu(z):
    return np.maximum(z, 0)


def leaky_relu(z, slope=0.01):
    return np.where(z > 0, z, slope * z)

# %% softmax
def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)

# %% error
def error_of(customer, actual, hidden_weights, output_weights):
    return customer @ hidden_weights @ output_weights - actual

# %% better
new_hidden = baseline_hidden.copy()
new_output = np.linalg.solve([[5.0, 1.0], [5.0, -3.0]], [13.0, 10.0])

# %% forward
def forward(X, weights):
    for W in weights[:-2:2]:
        X = np.maximum(X @ W, 0)
    return X @ weights[-2]

# %% count
def count_parameters(sizes):
    return sum((before + 1) * units for before, units in zip(sizes[:-1], sizes[1:-1]))

# %% collapse
def collapse(weights):
    W, b = weights[0], weights[-1]
    for W_next in weights[2::2]:
        W = W @ W_next
    return W, b

# %% slopes
def child_slopes(children, accounts, values):
    return tuple(np.corrcoef(children[g], values[g])[0, 1] for g in (accounts <= 2, accounts >= 4))

# %% unit
unit_weights = np.array([1.0, 1.0])
unit_bias = -6.0
unit_output = 1.0

# %% table
rows = {"mean": {"mae": np.abs(y_test - y_train.mean()).mean(), "few": 0.0, "many": 0.0}}
for name, fit, new in [("linear", A_train, A_test), ("random layer", A_train @ W_random + b_random, A_test @ W_random + b_random)]:
    p = LinearRegression().fit(fit, y_train).predict(new)
    few, many = child_slopes(children, accounts, p)
    rows[name] = {"mae": np.abs(p - y_test).mean(), "few": few, "many": many}
comparison = pd.DataFrame.from_dict(rows, orient="index")
