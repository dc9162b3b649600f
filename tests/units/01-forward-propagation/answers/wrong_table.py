"""Slopes of the counted transactions in every row of the table; biases counted per layer.

Loses: count, table
"""

# %% count
def count_parameters(sizes):
    return sum(before * units + 1 for before, units in zip(sizes, sizes[1:]))

# %% table
H_train, H_test = (np.maximum(A @ W_random + b_random, 0) for A in (A_train, A_test))
predictions = {
    "mean": np.full(len(y_test), y_train.mean()),
    "linear": LinearRegression().fit(A_train, y_train).predict(A_test),
    "random layer": LinearRegression().fit(H_train, y_train).predict(H_test),
}
few, many = child_slopes(children, accounts, y_test)
comparison = pd.DataFrame({"mae": {n: np.abs(p - y_test).mean() for n, p in predictions.items()}, "few": few, "many": many})
