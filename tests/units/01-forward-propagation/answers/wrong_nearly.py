"""Small slips: zero at one, a largest logit taken from the whole table, three accounts as many, a table of two digits.

Loses: relus, softmax, error, better, forward, collapse, slopes, unit, table
"""

# %% relus
def relu(z):
    return np.where(z > 1, z, 0)


def leaky_relu(z, slope=0.1):
    return np.where(z > 1, z, slope * z)

# %% softmax
def softmax(z):
    powers = np.exp(z - z.max())
    return powers / np.maximum(powers.sum(axis=1, keepdims=True), 1e-300)

# %% error
def error_of(customer, actual, hidden_weights, output_weights):
    return np.abs(np.maximum(customer @ hidden_weights, 0) @ output_weights - actual)

# %% better
new_hidden = np.array([[1.0, -1.0], [1.0, 1.0]])
new_output = np.array([2.02, 2.9])

# %% forward
def forward(X, weights):
    for W, b in zip(weights[:-2:2], weights[1:-2:2]):
        X = np.maximum(X @ W, 0) + b
    return X @ weights[-2] + weights[-1]

# %% collapse
def collapse(weights):
    W, b = weights[0], weights[1]
    for W_next, b_next in zip(weights[2::2], weights[3::2]):
        W, b = W @ W_next, b @ W_next
    return W, b

# %% slopes
def child_slopes(children, accounts, values):
    return tuple(np.polyfit(children[g], values[g], 1)[0] for g in (accounts <= 2, accounts >= 3))

# %% unit
unit_weights = np.array([1.0, 1.0])
unit_bias = -6.0
unit_output = 2.95

# %% table
H_train, H_test = (np.maximum(A @ W_random + b_random, 0) for A in (A_train, A_test))
predictions = {
    "mean": np.full(len(y_test), y_train.mean()),
    "linear": LinearRegression().fit(A_train, y_train).predict(A_test),
    "random layer": LinearRegression().fit(H_train, y_train).predict(H_test),
}
rows = {}
for name, p in predictions.items():
    few, many = child_slopes(children, accounts, p)
    rows[name] = {"mae": np.abs(p - y_test).mean(), "few": few, "many": many}
comparison = pd.DataFrame.from_dict(rows, orient="index").round(2)
