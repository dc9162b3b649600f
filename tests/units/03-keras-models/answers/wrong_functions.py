"""Rows of the wrong set, biases forgotten, the first rows for the last, means of the wrong table, one rule for both kinds.

Loses: baseline, count, split, scale, unit, record, names
"""

# %% baseline
linear_mae = np.abs(LinearRegression().fit(X, y).predict(X_val) - y_val).mean()

# %% count
def count_parameters(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:]))

# %% split
def split_rows(n, share):
    held = n - int(n * (1 - share))
    return np.arange(held, n), np.arange(held)

# %% scale
def scale(values, known):
    return (values - values.mean(axis=0)) / values.std(axis=0)


def unscale(scaled, known):
    return scaled * known.std(axis=0) + known.mean(axis=0)

# %% unit
def in_transactions(loss, kind, spread):
    return loss * spread

# %% record
def first_below(record, limit):
    for epoch, value in enumerate(record["loss"], start=1):
        if value < limit:
            return epoch
    return 0

# %% names
def to_names(probability, names):
    return [names[column] for column in probability.argmax(axis=0)]
