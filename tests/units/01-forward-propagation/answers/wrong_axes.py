"""Works for one shape only: columns for rows, two hidden layers, two layers, the groups the wrong way round.

Loses: relus, softmax, error, better, forward, count, collapse, slopes, unit, table
"""

# %% relus
def relu(z):
    return np.array([max(0, number) for number in np.ravel(z)])


def leaky_relu(z, slope=0.1):
    return np.array([number if number > 0 else slope * number for number in np.ravel(z)])

# %% softmax
def softmax(z):
    powers = np.exp(z - z.max(axis=0))
    return powers / powers.sum(axis=0)

# %% error
def error_of(customer, actual, hidden_weights, output_weights):
    hidden = np.maximum(customer @ hidden_weights, 0)
    return max(0, hidden @ output_weights) - actual

# %% better
new_hidden = np.array([[1.0, -1.0], [1.0, 1.0]])
new_output = np.array([2.0, -1.0])

# %% forward
def forward(X, weights):
    W1, b1, W2, b2, W3, b3 = weights
    return np.maximum(np.maximum(X @ W1 + b1, 0) @ W2 + b2, 0) @ W3 + b3

# %% count
def count_parameters(sizes):
    return sum(before * units + before for before, units in zip(sizes, sizes[1:]))

# %% collapse
def collapse(weights):
    W1, b1, W2, b2, W3, b3 = weights
    return W1 @ W2 @ W3, (b1 @ W2 + b2) @ W3 + b3

# %% slopes
def child_slopes(children, accounts, values):
    many, few = (np.polyfit(children[g], values[g], 1)[0] for g in (accounts <= 2, accounts >= 4))
    return few, many

# %% unit
unit_weights = np.array([1.0, -1.0])
unit_bias = 1.0
unit_output = 3.0

# %% table
predictions = {"mean": np.full(len(y_test), y_train.mean()), "linear": LinearRegression().fit(A_train, y_train).predict(A_test)}
H, H_new = (np.maximum(A @ W_random + b_random, 0) for A in (X_train, X_test))
predictions["random layer"] = LinearRegression().fit(H, y_train).predict(H_new)
rows = {}
for name, p in predictions.items():
    few, many = child_slopes(children, accounts, p)
    rows[name] = {"mae": np.abs(p - y_test).mean(), "few": few, "many": many}
comparison = pd.DataFrame.from_dict(rows, orient="index")
