"""Leaves question 8 out, and computes the table without its function.

Loses: slopes
"""

# %% slopes
# YOUR CODE HERE
raise NotImplementedError("not answered yet")

# %% table
def measures(p):
    few, many = accounts <= 2, accounts >= 4
    return {
        "mae": np.abs(p - y_test).mean(),
        "few": np.polyfit(children[few], p[few], 1)[0],
        "many": np.polyfit(children[many], p[many], 1)[0],
    }


H_train, H_test = (np.maximum(A @ W_random + b_random, 0) for A in (A_train, A_test))
comparison = pd.DataFrame(
    {
        "mean": measures(np.full(len(y_test), y_train.mean())),
        "linear": measures(LinearRegression().fit(A_train, y_train).predict(A_test)),
        "random layer": measures(LinearRegression().fit(H_train, y_train).predict(H_test)),
    }
).T
