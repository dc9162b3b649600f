"""Leaves rows out, forgets to return, sorts the wrong way, trains on one fold, keeps the smallest learning rate.

Loses: lazy, k-folds, draw, penalty, coarse, fine, simplest, tuned
"""

# %% lazy
lazy_accuracy = 0.5

# %% k-folds
def k_folds(n, k, seed):
    rows = np.random.default_rng(seed).permutation(n)
    return [rows[i * (n // k) : (i + 1) * (n // k)] for i in range(k)]

# %% penalty
raise NotImplementedError

# %% draw
def draw(n, seed):
    rng = np.random.default_rng(seed)
    setting = {"learning_rate": 10 ** rng.uniform(-3, -1), "widths": (32,)}
    return [setting] * n

# %% coarse
rows = []
for setting in [{"learning_rate": rate, "widths": (32,)} for rate in (0.002, 0.01, 0.03)]:
    scores = model_selection.cross_val_score(new_pipeline(**setting), X, y, cv=folds[:1], scoring=auc)
    rows.append({**setting, "mean": scores.mean(), "std": scores.std()})
coarse = pd.DataFrame(rows).sort_values("mean")

# %% fine
best_settings = {"widths": (32,), "learning_rate": 0.00001, "l2": 0.0}

# %% simplest
def simplest(means, stds, sizes, k):
    print(int(np.argmin(sizes)))

# %% tuned
few = np.random.default_rng(0).permutation(1800)[:60]
tuned = new_pipeline().fit(X[few], y[few])
p_new = tuned.predict_proba(X_new)[:, 1]
