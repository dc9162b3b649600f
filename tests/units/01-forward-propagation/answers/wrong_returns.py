"""Prints in place of return, pairs and dictionaries where a number is asked for, rows where a column is asked for.

Loses: relus, softmax, error, better, forward, count, collapse, slopes, unit, table
"""

# %% relus
def relu(z):
    print(np.maximum(z, 0))


def leaky_relu(z, slope=0.1):
    print(np.maximum(z, slope * z))

# %% softmax
def softmax(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers.max(axis=1) / powers.sum(axis=1)

# %% error
def error_of(customer, actual, hidden_weights, output_weights):
    predicted = np.maximum(customer @ hidden_weights, 0) @ output_weights
    return predicted, predicted - actual

# %% better
new_hidden = np.array([1.0, 1.0, -1.0, 1.0])
new_output = np.array([2.0, 3.0])

# %% forward
def forward(X, weights):
    for W, b in zip(weights[:-2:2], weights[1:-2:2]):
        X = np.maximum(X @ W + b, 0)
    return (X @ weights[-2] + weights[-1]).ravel()

# %% count
def count_parameters(sizes):
    return [(before + 1) * units for before, units in zip(sizes, sizes[1:])]

# %% collapse
def collapse(weights):
    W = weights[0]
    for W_next in weights[2::2]:
        W = W @ W_next
    return W

# %% slopes
def child_slopes(children, accounts, values):
    return {g: np.polyfit(children[rows], values[rows], 1)[0] for g, rows in [("few", accounts <= 2), ("many", accounts >= 4)]}

# %% unit
unit_weights = np.array([1.0, 1.0, -6.0])
unit_bias = -6.0
unit_output = 3.0

# %% table
H_train, H_test = (np.maximum(A @ W_random + b_random, 0) for A in (A_train, A_test))
columns = {}
for name, fit, new in [("linear", A_train, A_test), ("random layer", H_train, H_test)]:
    p = LinearRegression().fit(fit, y_train).predict(new)
    columns[name] = {"mae": np.abs(p - y_test).mean()}
columns["mean"] = {"mae": np.abs(y_test - y_train.mean()).mean()}
comparison = pd.DataFrame(columns)
