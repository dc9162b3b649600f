"""Tensors, dictionaries and pandas in functions, a dictionary of losses and labels as a column, single batches.

Loses: nothing
"""

# %% counts
def counts(y, p, threshold):
    alarm = keras.ops.convert_to_tensor(p) >= threshold
    found = {"tp": alarm & (y == 1), "fp": alarm & (y == 0), "fn": ~alarm & (y == 1), "tn": ~alarm & (y == 0)}
    return {name: keras.ops.count_nonzero(which) for name, which in found.items()}.values()

# %% rates
def rates(y, p, threshold):
    return pd.Series(np.asarray(p) >= threshold).groupby(np.asarray(y)).mean()

# %% roc
def roc_points(y, score):
    if np.ptp(y) == 0:
        raise ValueError("a curve needs clients of both classes")
    return np.transpose([[np.mean(score[y == k] >= t) for k in (0, 1)] for t in [np.inf, *sorted(set(score))[::-1]]])

# %% auc
def auc(y, score):
    class OneClass(ValueError):
        pass

    if np.ptp(y) == 0:
        raise OneClass("an AUC needs clients of both classes")
    return np.array(roc_auc_score(y, score))[()]

# %% ranker
keras.utils.set_random_seed(2)
inputs = keras.Input((19,))
hidden = keras.layers.Dense(16, activation="relu")(inputs)
ranker = keras.Model(inputs, keras.layers.Dense(1, "sigmoid", name="default")(hidden))
ranker.compile("adam", {"default": "bce"}, metrics={"default": ["acc", "AUC"]})
ranker.fit(X_train, y_train[:, None], epochs=10, verbose=0)

# %% cost
def total_cost(y, p, threshold, missed, alarm):
    false = (np.asarray(p) >= threshold).astype(int) - y
    return keras.ops.sum(keras.ops.where(false < 0, missed, keras.ops.where(false > 0, alarm, 0)))

# %% threshold
def best_threshold(y, p, missed, alarm):
    return pd.Series({t: total_cost(y, p, t, missed, alarm).numpy() for t in [*p, float("inf")]}).idxmin()

# %% parrot
keras.utils.set_random_seed(2)
parrot = keras.Sequential([keras.Input((19,)), *(keras.layers.Dense(w, "relu") for w in (128, 64)), keras.layers.Dense(1, "sigmoid")])
parrot.compile(keras.optimizers.Nadam(0.003), keras.losses.binary_crossentropy)
draw = np.random.default_rng(0)
for _ in range(25):
    for batch in np.array_split(draw.permutation(4000), 60):
        parrot.train_on_batch(X_train[batch], y_train[batch])

# %% table
rows = []
for name, model in {"ranker": ranker, "parrot": parrot}.items():
    sets = {"train": (X_train, y_train), "validation": (X_val, y_val), "test": (X_test, y_test)}
    rows.append({"model": name} | {part: roc_auc_score(y, model(X)) for part, (X, y) in sets.items()})
comparison = pd.DataFrame(rows).set_index("model").round(3)
