"""Training rows measured, all hidden layers taken for equal, positions from 1, rounded spreads, the least probable class.

Loses: baseline, count, split, scale, unit, record, names
"""

# %% baseline
linear = LinearRegression().fit(X_train, y_train)
linear_mae = np.abs(linear.predict(X_train) - y_train).mean()

# %% count
def count_parameters(sizes):
    if len(sizes) == 2:
        return sizes[0] * sizes[1] + sizes[1]
    return sizes[0] * sizes[1] + sizes[1] + sizes[-2] * sizes[-1] + sizes[-1] + (len(sizes) - 3) * (sizes[1] ** 2 + sizes[1])

# %% split
def split_rows(n, share):
    cut = int(n * (1 - share))
    return np.arange(1, cut + 1), np.arange(cut + 1, n + 1)

# %% scale
def scale(values, known):
    return (values - known.mean(axis=0)) / known.std(axis=0).round()


def unscale(scaled, known):
    return scaled * known.std(axis=0) + known.mean(axis=0)

# %% unit
def in_transactions(loss, kind, spread):
    return loss * 8 if kind == "mae" else loss * 64

# %% record
def first_below(record, limit):
    for epoch, value in enumerate(record["val_loss"], start=1):
        if value <= limit:
            return epoch
    return 0

# %% names
def to_names(probability, names):
    return [names[column] for column in probability.argmin(axis=1)]
