"""Other tools for every question: clip, SciPy's style of softmax, Keras itself, loops, other weights.

Loses: nothing
"""

# %% relus
def relu(z):
    return z.clip(min=0)


def leaky_relu(z, slope=0.1):
    return np.maximum(z, slope * z)

# %% softmax
def softmax(z):
    return np.asarray(keras.ops.softmax(z, axis=-1))

# %% error
def error_of(customer, actual, hidden_weights, output_weights):
    predicted = 0
    for unit in range(hidden_weights.shape[1]):
        total = sum(x * w for x, w in zip(customer, hidden_weights[:, unit]))
        if total > 0:
            predicted += total * output_weights[unit]
    return predicted - actual

# %% better
new_hidden = [[1, 2], [3, 0]]
new_output = np.linalg.solve([[11, 4], [7, 8]], [13, 10])

# %% forward
def forward(X, weights):
    layers = [(weights[i], weights[i + 1]) for i in range(0, len(weights), 2)]
    for number, (W, b) in enumerate(layers, start=1):
        X = np.dot(X, W) + b
        if number < len(layers):
            X[X < 0] = 0
    return X

# %% count
def count_parameters(sizes):
    model = keras.Sequential([keras.Input((sizes[0],))])
    for units in sizes[1:]:
        model.add(keras.layers.Dense(units))
    return model.count_params()

# %% collapse
def collapse(weights):
    def linear(rows):
        for place in range(0, len(weights), 2):
            rows = rows @ weights[place] + weights[place + 1]
        return rows

    inputs = len(weights[0])
    b = linear(np.zeros((1, inputs)))[0]
    return [linear(np.eye(inputs)) - b, b]

# %% slopes
def child_slopes(children, accounts, values):
    frame = pd.DataFrame({"children": children, "accounts": accounts, "values": values})
    few, many = frame[frame["accounts"] < 3], frame[frame["accounts"] > 3]
    return [LinearRegression().fit(part[["children"]].to_numpy(), part["values"]).coef_[0] for part in (few, many)]

# %% unit
unit_weights = [0.5, 2]
unit_bias = np.array([-5.5])
unit_output = 6

# %% table
hidden = relu(A_train @ W_random + b_random), relu(A_test @ W_random + b_random)
table = []
for name, (fit, new) in {"random layer": hidden, "linear": (X_train, X_test)}.items():
    p = LinearRegression().fit(fit, y_train).predict(new)
    table.append([name, np.mean(abs(y_test - p)), *child_slopes(children, accounts, p)])
table.append(["mean", abs(y_test - y_train.mean()).mean(), 0, 0])
comparison = pd.DataFrame(table, columns=["model", "mae", "few", "many"]).set_index("model")
