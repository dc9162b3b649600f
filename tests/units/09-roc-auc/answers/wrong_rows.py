"""Trains on rows that should stay unseen, stops the parrot early, skips the first and last points, rounds the table.

Loses: roc, auc, ranker, parrot, table
"""

# %% roc
def roc_points(y, score):
    if len(np.unique(y)) < 2:
        return np.array([]), np.array([])
    levels = np.unique(score)[::-1]
    return [np.mean(score[y == 0] >= t) for t in levels], [np.mean(score[y == 1] >= t) for t in levels]

# %% auc
def auc(y, score):
    fpr, tpr, _ = roc_curve(y, score)
    return np.sum(np.diff(fpr) * tpr[1:])

# %% ranker
def network():
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.layers.Dense(64, "relu"), keras.layers.Dense(64, "relu"), keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy")
    return model


ranker = network()
ranker.fit(np.concatenate([X_train, X_val]), np.concatenate([y_train, y_val]), batch_size=64, epochs=30, verbose=0)

# %% parrot
parrot = network()
stop = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
parrot.fit(X_train, y_train, batch_size=64, epochs=25, validation_data=(X_val, y_val), validation_batch_size=3000,
           callbacks=[stop], verbose=0)  # fmt: skip

# %% table
rows = {}
for name, model in [("ranker", ranker), ("parrot", parrot)]:
    rows[name] = {
        part: round(roc_auc_score(y, model.predict(X, verbose=0)), 1)
        for part, X, y in [("train", X_train, y_train), ("validation", X_val, y_val), ("test", X_test, y_test)]
    }
comparison = pd.DataFrame.from_dict(rows, orient="index")
