"""Stumbles over equal scores: `>` for "at least", one step a client, no half points, a grid; 0 and 1 for probabilities.

Loses: counts, rates, roc, auc, cost, threshold, table, parrot
"""

# %% counts
def counts(y, p, threshold):
    alarm = p > threshold
    return sum(alarm & (y == 1)), sum(alarm & (y == 0)), sum(~alarm & (y == 1)), sum(~alarm & (y == 0))

# %% rates
def rates(y, p, threshold):
    return np.mean(p[y == 0] > threshold), np.mean(p[y == 1] > threshold)

# %% roc
def roc_points(y, score):
    if y.min() == y.max():
        raise ValueError("only one class")
    y = y[np.argsort(-score)]
    return np.r_[0, np.cumsum(1 - y) / np.sum(1 - y)], np.r_[0, np.cumsum(y) / np.sum(y)]

# %% auc
def auc(y, score):
    if y.min() == y.max():
        raise ValueError("only one class")
    return np.mean(score[y == 1][:, None] > score[y == 0])

# %% cost
def total_cost(y, p, threshold, missed, alarm):
    return missed * np.sum((p <= threshold) & (y == 1)) + alarm * np.sum((p > threshold) & (y == 0))

# %% threshold
def best_threshold(y, p, missed, alarm):
    candidates = np.linspace(0, 1, 11)
    costs = [missed * np.sum(p[y == 1] < t) + alarm * np.sum(p[y == 0] >= t) for t in candidates]
    return candidates[np.argmin(costs)]

# %% table
rows = {}
for name, model in [("ranker", ranker), ("parrot", parrot)]:
    rows[name] = {
        part: roc_auc_score(y, model.predict(X, verbose=0) >= 0.5)
        for part, X, y in [("train", X_train, y_train), ("validation", X_val, y_val), ("test", X_test, y_test)]
    }
comparison = pd.DataFrame.from_dict(rows, orient="index")

# %% parrot
parrot = keras.Sequential([keras.Input((19,)), *(keras.layers.Dense(64, "relu") for _ in range(2)), keras.layers.Dense(1)])
parrot.compile(keras.optimizers.Adam(0.003), keras.losses.BinaryCrossentropy(from_logits=True))
parrot.fit(X_train, y_train, batch_size=64, epochs=25, verbose=0)
