"""Writes loops where the solution calls scikit-learn, and the functional API where it stacks layers.

Loses: nothing
"""

# %% lazy
shares = []
for train, validation in folds:
    answer = int(np.mean(y[train]) > 0.5)
    shares.append(np.mean(y[validation] == answer))
lazy_accuracy = sum(shares) / len(shares)

# %% k-folds
def k_folds(n, k, seed):
    rows = list(range(n))
    np.random.RandomState(seed).shuffle(rows)
    return [np.array(rows[start::k]) for start in range(k)]

# %% build
def build(widths=(10, 6, 4), learning_rate=0.001, l2=0.0):
    inputs = keras.Input(shape=(10,), name="pattern")
    x = inputs
    for width in widths:
        x = keras.layers.Dense(width, kernel_regularizer=keras.regularizers.l2(l2) if l2 else None)(x)
        x = keras.layers.ReLU()(x)
    x = keras.layers.Dense(1)(x)
    model = keras.Model(inputs, keras.layers.Activation("sigmoid")(x))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate), loss=keras.losses.BinaryCrossentropy(), metrics=["auc"]
    )
    return model

# %% pipeline
def new_pipeline(widths=(10, 6, 4), learning_rate=0.001, l2=0.0):
    steps = {
        "scaler": StandardScaler(),
        "network": KerasClassifier(model=build, epochs=8, batch_size=64, verbose=0, model__widths=list(widths)),
    }
    made = Pipeline(list(steps.items()))
    return made.set_params(network__model__learning_rate=learning_rate, network__model__l2=l2)

# %% linear
def linear_scores(X, y, folds):
    from sklearn.pipeline import make_pipeline

    return model_selection.cross_val_score(make_pipeline(StandardScaler(), LogisticRegression()), X, y, cv=folds, scoring="roc_auc")

# %% penalty
train, validation = folds[0]
rows = []
for l2 in (0.1, 0.05, 0.01, 0.001):
    model = new_pipeline((10, 6, 4), 0.01, l2).fit(X[train], y[train])
    rows.append({"l2": l2, "accuracy": model.score(X[validation], y[validation]), "remark": "first fold"})
l2_table = pd.DataFrame(rows)

# %% draw
def draw(n, seed):
    rates = loguniform(0.001, 0.1).rvs(n, random_state=seed)
    shapes = np.random.default_rng(seed).integers(3, size=n)
    return [dict(widths=[(32,), (32, 32), (10, 6, 4)][shape], learning_rate=float(rate)) for rate, shape in zip(rates, shapes)]

# %% coarse
rows = []
for setting in draw(3, 3) + [{"learning_rate": 0.01, "widths": (32,)}]:
    scores = model_selection.cross_val_score(new_pipeline(**setting), X, y, cv=folds, scoring=auc)
    rows.append({**setting, "mean": scores.mean(), "std": scores.std()})
coarse = pd.DataFrame(rows).sort_values("mean", ascending=False, ignore_index=True)

# %% fine
rate = float(coarse.loc[0, "learning_rate"])
tried = {}
for widths in [(32,), (48,)]:
    tried[widths] = model_selection.cross_val_score(new_pipeline(widths, rate), X, y, cv=folds, scoring=auc).mean()
best_settings = {"widths": list(max(tried, key=tried.get)), "learning_rate": np.float64(rate), "l2": 0}

# %% simplest
def simplest(means, stds, sizes, k):
    table = pd.DataFrame({"mean": means, "std": stds, "size": sizes})
    best = table.loc[table["mean"].idxmax()]
    good = table[table["mean"] >= best["mean"] - best["std"] / k**0.5]
    return good.sort_values(["size", "mean"], ascending=[True, False]).index[0]

# %% tuned
tuned = new_pipeline().set_params(network__model__widths=best_settings["widths"], network__model__learning_rate=rate)
tuned = tuned.fit(X, y)
p_new = list(tuned.predict_proba(X_new).T[1])
