"""Scales with all rows beforehand, repeats rows in folds, scores training rows, takes the best instead of the simplest.

Loses: lazy, k-folds, build, pipeline, linear, draw, simplest
"""

# %% lazy
lazy_accuracy = 100 * max(y.mean(), 1 - y.mean())

# %% k-folds
def k_folds(n, k, seed):
    rng = np.random.default_rng(seed)
    return [rng.choice(n, n // k, replace=False) for _ in range(k)]

# %% build
def build(widths=(10, 6, 4), learning_rate=0.001, l2=0.0):
    model = keras.Sequential([keras.Input((10,))])
    for width in widths:
        model.add(keras.layers.Dense(width, activation="relu", bias_regularizer=keras.regularizers.L2(l2)))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.Adam(learning_rate), "binary_crossentropy")
    return model

# %% pipeline
from sklearn.preprocessing import FunctionTransformer

beforehand = StandardScaler().fit(X)


def new_pipeline(widths=(10, 6, 4), learning_rate=0.001, l2=0.0):
    network = KerasClassifier(
        build, model__widths=widths, model__learning_rate=learning_rate, model__l2=l2, epochs=8, batch_size=64, verbose=0
    )
    return Pipeline([("scaler", FunctionTransformer(beforehand.transform)), ("network", network)])

# %% linear
def linear_scores(X, y, folds):
    Z = StandardScaler().fit_transform(X)
    return model_selection.cross_val_score(LogisticRegression(), Z, y, cv=folds, scoring="roc_auc")

# %% draw
def draw(n, seed):
    shapes = [(10, 6, 4), (32,), (32, 32)]
    return [{"learning_rate": 10 ** np.random.uniform(-3, -1), "widths": shapes[np.random.randint(3)]} for _ in range(n)]

# %% penalty
strengths = [0.001, 0.01, 0.05, 0.1]
rows = []
for l2 in strengths:
    model = keras.Sequential([keras.Input((10,))])
    for width in (10, 6, 4):
        model.add(keras.layers.Dense(width, activation="relu", kernel_regularizer=keras.regularizers.L2(l2)))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    train, validation = folds[0]
    Z = StandardScaler().fit(X[train]).transform(X)
    model.fit(Z[train], y[train], epochs=8, batch_size=64, verbose=0)
    rows.append({"l2": l2, "accuracy": model.evaluate(Z[validation], y[validation], verbose=0)[1]})
l2_table = pd.DataFrame(rows)

# %% simplest
def simplest(means, stds, sizes, k):
    return int(np.argmax(means))
