"""Counts copyist A instead of the larger class, cuts before shuffling, scores accuracy, forgets the root, mixes scales.

Loses: lazy, k-folds, linear, simplest, draw
"""

# %% lazy
lazy_accuracy = y.mean()

# %% k-folds
def k_folds(n, k, seed):
    rng = np.random.default_rng(seed)
    return [rng.permutation(part) for part in np.array_split(np.arange(n), k)]

# %% linear
def linear_scores(X, y, folds):
    scores = []
    for train, validation in folds:
        scaler = StandardScaler().fit(X[train])
        model = LogisticRegression().fit(scaler.transform(X[train]), y[train])
        scores.append(model.score(scaler.transform(X[validation]), y[validation]))
    return scores

# %% draw
def draw(n, seed):
    rng = np.random.default_rng(seed)
    shapes = [(10, 6, 4), (32,), (32, 32)]
    return [{"learning_rate": rng.uniform(0.001, 0.1), "widths": shapes[rng.integers(3)]} for _ in range(n)]

# %% simplest
def simplest(means, stds, sizes, k):
    bar = max(means) - stds[int(np.argmax(means))]
    return min((i for i in range(len(means)) if means[i] >= bar), key=lambda i: (sizes[i], -means[i]))
