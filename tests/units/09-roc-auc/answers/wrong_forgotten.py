"""Forgets `return`, the one-class case, a mistake's price, the alarm for nobody, a column, and the sigmoid.

Loses: counts, rates, roc, auc, ranker, cost, threshold, parrot, table
"""

# %% counts
def counts(y, p, threshold):
    alarm = p >= threshold
    print(sum(alarm & (y == 1)), sum(alarm & (y == 0)), sum(~alarm & (y == 1)), sum(~alarm & (y == 0)))

# %% rates
def rates(y, p, threshold):
    alarm = p >= threshold
    return np.sum(alarm & (y == 0)) / len(y), np.sum(alarm & (y == 1)) / len(y)

# %% roc
def roc_points(y, score):
    levels = [np.inf, *np.unique(score)[::-1]]
    fpr = np.array([np.sum((score >= t) & (y == 0)) / np.sum(y == 0) for t in levels])
    tpr = np.array([np.sum((score >= t) & (y == 1)) / np.sum(y == 1) for t in levels])
    return fpr, tpr

# %% auc
def auc(y, score):
    return roc_auc_score(y, score)

# %% ranker
keras.utils.set_random_seed(1)
ranker = keras.Sequential([keras.layers.Dense(16, "relu"), keras.layers.Dense(1)])
ranker.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
ranker.fit(X_train, y_train, batch_size=64, epochs=5, verbose=0)

# %% cost
def total_cost(y, p, threshold, missed, alarm):
    return missed * np.sum((p < threshold) & (y == 1))

# %% threshold
def best_threshold(y, p, missed, alarm):
    candidates = np.unique(p)
    costs = [missed * np.sum(p[y == 1] < t) + alarm * np.sum(p[y == 0] >= t) for t in candidates]
    return candidates[np.argmin(costs)]

# %% parrot
parrot = keras.Sequential([keras.Input((19,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(1, "sigmoid")])
parrot.compile("adam", "binary_crossentropy")

# %% table
comparison = pd.DataFrame(
    {
        "train": [roc_auc_score(y_train, model.predict(X_train, verbose=0)) for model in (ranker, parrot)],
        "test": [roc_auc_score(y_test, model.predict(X_test, verbose=0)) for model in (ranker, parrot)],
    },
    index=["ranker", "parrot"],
)
