"""Tools of scikit-learn and pandas, class weights, a threshold between two scores, more columns than asked.

Loses: nothing
"""

# %% counts
from sklearn.metrics import confusion_matrix


def counts(y, p, threshold):
    tn, fp, fn, tp = confusion_matrix(y, p >= threshold, labels=[0, 1]).ravel()
    return tp, fp, fn, tn

# %% rates
def rates(y, p, threshold):
    shares = pd.Series(p >= threshold).groupby(y).mean()
    return shares.tolist()

# %% roc
def roc_points(y, score):
    if set(y) != {0, 1}:
        raise ValueError("There is no ROC curve of a single class.")
    fpr, tpr, _ = roc_curve(y, score)
    return fpr, tpr

# %% auc
def auc(y, score):
    ranks = pd.Series(score).rank()
    n_1, n_0 = int(np.sum(y)), int(np.sum(1 - y))
    if min(n_1, n_0) == 0:
        raise ValueError(f"{n_1} clients default and {n_0} pay: no pairs.")
    return (ranks[y == 1].sum() - n_1 * (n_1 + 1) / 2) / (n_1 * n_0)

# %% ranker
keras.utils.set_random_seed(8)
ranker = keras.Sequential(
    [
        keras.Input((19,)),
        keras.layers.BatchNormalization(),
        keras.layers.Dense(24, "tanh", kernel_regularizer="l2"),
        keras.layers.Dense(1, "sigmoid"),
    ]
)
ranker.compile(keras.optimizers.RMSprop(0.002), "binary_crossentropy")
ranker.fit(X_train, y_train, epochs=8, class_weight={0: 1.0, 1: 3.5}, verbose=0)

# %% cost
def total_cost(y, p, threshold, missed, alarm):
    mistakes = (p >= threshold).astype(int) - y
    return np.where(mistakes < 0, missed, np.where(mistakes > 0, alarm, 0)).sum()

# %% threshold
def best_threshold(y, p, missed, alarm):
    values = np.sort(np.unique(p))
    between = np.concatenate([[values[0] - 1], (values[1:] + values[:-1]) / 2, [values[-1] + 1]])
    cost = [missed * np.sum((p < t) * y) + alarm * np.sum((p >= t) * (1 - y)) for t in between]
    return np.array([between[int(np.argmin(cost))]])

# %% parrot
parrot = keras.Sequential([keras.layers.Dense(w, "relu") for w in (100, 100, 50)] + [keras.layers.Dense(1, "sigmoid")])
parrot.compile(keras.optimizers.Adam(0.003), "mse")
parrot.fit(X_train, y_train, batch_size=64, epochs=25, verbose=0)

# %% table
def three(network):
    sets = {"train": (X_train, y_train), "validation": (X_val, y_val), "test": (X_test, y_test)}
    return {name: roc_auc_score(y, network(X)) for name, (X, y) in sets.items()}


comparison = pd.DataFrame({"ranker": three(ranker), "parrot": three(parrot)}).T
comparison["gap"] = comparison.train - comparison.test
