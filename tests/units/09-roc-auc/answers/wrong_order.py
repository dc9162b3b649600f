"""Everything the other way round: order of counts and rates, axes, pairs, labels, prices, rows and columns.

Loses: counts, rates, roc, auc, ranker, cost, threshold, table
"""

# %% counts
from sklearn.metrics import confusion_matrix


def counts(y, p, threshold):
    return confusion_matrix(y, p >= threshold, labels=[0, 1]).ravel()

# %% rates
def rates(y, p, threshold):
    return np.mean(p[y == 1] >= threshold), np.mean(p[y == 0] >= threshold)

# %% roc
def roc_points(y, score):
    if len(np.unique(y)) < 2:
        raise ValueError("Both classes are needed.")
    levels = [np.inf, *np.unique(score)[::-1]]
    fpr = [np.mean(score[y == 0] >= t) for t in levels]
    tpr = [np.mean(score[y == 1] >= t) for t in levels]
    return tpr, fpr

# %% auc
def auc(y, score):
    default, pay = score[y == 1], score[y == 0]
    if len(default) * len(pay) == 0:
        raise ValueError("Both classes are needed.")
    return np.mean(default[:, None] < pay) + np.mean(default[:, None] == pay) / 2

# %% ranker
keras.utils.set_random_seed(1)
ranker = keras.Sequential([keras.layers.Dense(16, "relu"), keras.layers.Dense(1, "sigmoid")])
ranker.compile("adam", "binary_crossentropy")
ranker.fit(X_train, 1 - y_train, batch_size=64, epochs=5, verbose=0)

# %% cost
def total_cost(y, p, threshold, missed, alarm):
    return alarm * np.sum((p < threshold) & (y == 1)) + missed * np.sum((p >= threshold) & (y == 0))

# %% threshold
def best_threshold(y, p, missed, alarm):
    candidates = [*np.unique(p), 2]
    return min(missed * np.sum(p[y == 1] < t) + alarm * np.sum(p[y == 0] >= t) for t in candidates)

# %% table
comparison = pd.DataFrame(
    {
        name: {
            "train": roc_auc_score(y_train, model.predict(X_train, verbose=0)),
            "validation": roc_auc_score(y_val, model.predict(X_val, verbose=0)),
            "test": roc_auc_score(y_test, model.predict(X_test, verbose=0)),
        }
        for name, model in [("ranker", ranker), ("parrot", parrot)]
    }
)
