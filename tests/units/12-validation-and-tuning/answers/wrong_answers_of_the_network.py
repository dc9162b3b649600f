"""No sigmoid, a scaler that only shifts, the class instead of its probability, the wrong column, the wrong fold.

Loses: build, pipeline, linear, penalty, coarse, fine, tuned
"""

# %% build
def build(widths=(10, 6, 4), learning_rate=0.001, l2=0.0):
    model = keras.Sequential([keras.Input((10,))])
    for width in widths:
        model.add(keras.layers.Dense(width, activation="tanh", kernel_regularizer=keras.regularizers.L2(l2)))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.Adam(learning_rate), "binary_crossentropy")
    return model

# %% pipeline
def new_pipeline(widths=(10, 6, 4), learning_rate=0.001, l2=0.0):
    network = KerasClassifier(
        build, model__widths=widths, model__learning_rate=learning_rate, model__l2=l2, epochs=8, batch_size=64, verbose=0
    )
    return Pipeline([("scaler", StandardScaler(with_std=False)), ("network", network)])

# %% linear
def linear_scores(X, y, folds):
    scores = []
    for train, validation in folds:
        model = Pipeline([("scaler", StandardScaler()), ("linear", LogisticRegression())]).fit(X[train], y[train])
        scores.append(roc_auc_score(y[validation], model.predict(X[validation])))
    return np.array(scores)

# %% penalty
search = model_selection.GridSearchCV(new_pipeline(learning_rate=0.01), {"network__model__l2": [0.001, 0.01, 0.1]}, cv=folds[:1], refit=False)
search.fit(X, y)
l2_table = pd.DataFrame({"l2": [0.001, 0.01, 0.1], "accuracy": search.cv_results_["mean_test_score"]})

# %% coarse
rows = []
for setting in draw(2, 1):
    scores = model_selection.cross_val_score(new_pipeline(**setting), X, y, cv=folds, scoring=auc)
    rows.append({**setting, "mean": scores.mean(), "std": scores.std()})
coarse = pd.DataFrame(rows).sort_values("mean", ascending=False)

# %% fine
best_settings = {"widths": (32,), "learning_rate": 1.0, "l2": 0.0}

# %% tuned
tuned = new_pipeline((32,), 0.01).fit(X, y)
p_new = tuned.predict_proba(X_new)[:, 0]
