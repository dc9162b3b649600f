"""Shares of the wrong group, thresholds on a grid from 0 to 1, averages for sums, 0.5 for every price.

Loses: counts, rates, roc, auc, ranker, cost, threshold, parrot, table
"""

# %% counts
def counts(y, p, threshold):
    alarm = p >= threshold
    return sum(alarm & (y == 1)), sum(alarm & (y == 0)), sum(~alarm & (y == 0)), sum(~alarm & (y == 1))

# %% rates
def rates(y, p, threshold):
    alarm = p >= threshold
    return np.mean(y[alarm] == 0), np.mean(y[alarm] == 1)

# %% roc
def roc_points(y, score):
    if len(set(y)) == 1:
        raise ValueError("One class only: no curve.")
    levels = np.linspace(1, 0, 101)
    fpr = [np.mean(score[y == 0] >= t) for t in levels]
    tpr = [np.mean(score[y == 1] >= t) for t in levels]
    return np.array([0, *fpr, 1]), np.array([0, *tpr, 1])

# %% auc
def auc(y, score):
    if len(set(y)) == 1:
        raise ValueError("One class only: no AUC.")
    return np.mean(score[y == 1] > np.mean(score[y == 0]))

# %% ranker
keras.utils.set_random_seed(1)
network = keras.Sequential([keras.layers.Dense(64, "relu"), keras.layers.Dense(64, "relu"), keras.layers.Dense(1, "sigmoid")])
network.compile(keras.optimizers.Adam(0.003), "binary_crossentropy")
network.fit(X_train, y_train, batch_size=64, epochs=30, verbose=0)
ranker = network

# %% cost
def total_cost(y, p, threshold, missed, alarm):
    return missed * np.mean((p < threshold) & (y == 1)) + alarm * np.mean((p >= threshold) & (y == 0))

# %% threshold
def best_threshold(y, p, missed, alarm):
    return 0.5

# %% parrot
parrot = keras.Sequential([keras.layers.Dense(16, "relu"), keras.layers.Dense(1, "sigmoid")])
parrot.compile("adam", "binary_crossentropy")
parrot.fit(X_train, y_train, batch_size=64, epochs=5, verbose=0)

# %% table
rows = {}
for name, model in [("ranker", ranker), ("parrot", parrot)]:
    rows[name] = {
        part: accuracy_score(y, model.predict(X, verbose=0) >= 0.5)
        for part, X, y in [("train", X_train, y_train), ("validation", X_val, y_val), ("test", X_test, y_test)]
    }
comparison = pd.DataFrame.from_dict(rows, orient="index")
