"""Squares for sizes, a bias per input, rounding up, undone in the wrong order, a root, epochs from 0, numbers for names.

Loses: baseline, count, split, scale, unit, record, names
"""

# %% baseline
linear = LinearRegression().fit(X_train, y_train)
linear_mae = np.sqrt(np.mean((linear.predict(X_val) - y_val) ** 2))

# %% count
def count_parameters(sizes):
    return sum(a * b + a for a, b in zip(sizes, sizes[1:]))

# %% split
def split_rows(n, share):
    held = int(n * share)
    return np.arange(n - held), np.arange(n - held, n)

# %% scale
def scale(values, known):
    return (values - known.mean(axis=0)) / known.std(axis=0)


def unscale(scaled, known):
    return (scaled + known.mean(axis=0)) * known.std(axis=0)

# %% unit
def in_transactions(loss, kind, spread):
    return loss * spread if kind == "mae" else np.sqrt(loss) * spread

# %% record
def first_below(record, limit):
    for epoch, value in enumerate(record["val_loss"]):
        if value < limit:
            return epoch
    return 0

# %% names
def to_names(probability, names):
    return list(probability.argmax(axis=1))
