"""Loops instead of arrays, the area under the curve instead of pairs, a functional network.

Loses: nothing
"""

# %% counts
def counts(y, p, threshold):
    found = {"tp": 0, "fp": 0, "fn": 0, "tn": 0}
    for label, probability in zip(y, p):
        if probability >= threshold:
            found["tp" if label else "fp"] += 1
        else:
            found["fn" if label else "tn"] += 1
    return list(found.values())

# %% rates
def rates(labels, probabilities, level):
    tp, fp, fn, tn = counts(labels, probabilities, level)
    return np.array([fp / (fp + tn), tp / (tp + fn)])

# %% roc
def roc_points(y, score):
    positives, negatives = sum(y == 1), sum(y == 0)
    if not positives or not negatives:
        raise ValueError("only one class in y")
    fpr, tpr, tp, fp = [0.0], [0.0], 0, 0
    order = np.argsort(-score)
    for place, k in enumerate(order):
        tp, fp = tp + (y[k] == 1), fp + (y[k] == 0)
        last_of_its_score = place == len(y) - 1 or score[order[place + 1]] != score[k]
        if last_of_its_score:
            fpr.append(fp / negatives)
            tpr.append(tp / positives)
    return fpr, tpr

# %% auc
def auc(y, score):
    fpr, tpr = roc_points(y, score)
    area = 0
    for k in range(1, len(fpr)):
        area += (fpr[k] - fpr[k - 1]) * (tpr[k] + tpr[k - 1]) / 2
    return area

# %% ranker
keras.utils.set_random_seed(3)
inputs = keras.Input((19,), name="client")
x = keras.layers.Dense(32, activation=keras.activations.relu)(inputs)
x = keras.layers.Dropout(0.2)(x)
x = keras.layers.Dense(32, activation="relu")(x)
ranker = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))
ranker.compile(keras.optimizers.Adam(), keras.losses.BinaryCrossentropy(), metrics=[keras.metrics.AUC()])
ranker.fit(X_train, y_train, epochs=8, verbose=0)

# %% cost
def total_cost(y, p, threshold, missed, alarm):
    tp, fp, fn, tn = counts(y, p, threshold)
    return float(fn * missed + fp * alarm)

# %% threshold
def best_threshold(y, p, missed, alarm):
    best, lowest = np.inf, total_cost(y, p, np.inf, missed, alarm)
    for level in set(p.tolist()):
        cost = total_cost(y, p, level, missed, alarm)
        if cost < lowest:
            best, lowest = level, cost
    return best

# %% parrot
parrot = keras.models.Sequential()
for _ in range(2):
    parrot.add(keras.layers.Dense(128, "relu"))
parrot.add(keras.layers.Dense(1))
parrot.add(keras.layers.Activation("sigmoid"))
parrot.compile("adam", "binary_crossentropy")
parrot.fit(X_train, y_train, batch_size=64, epochs=40, verbose=0)

# %% table
comparison = pd.DataFrame(index=["parrot", "ranker"])
for column, X, y in [("test", X_test, y_test), ("train", X_train, y_train), ("validation", X_val, y_val)]:
    comparison[column] = [auc(y, m.predict(X, batch_size=3000, verbose=0)[:, 0]) for m in (parrot, ranker)]
