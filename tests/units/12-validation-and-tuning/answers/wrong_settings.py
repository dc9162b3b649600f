"""The builder and the pipeline ignore what they are given; the searches run on the wrong things.

Loses: build, pipeline, penalty, coarse, fine, tuned
"""

# %% build
def build(widths=(10, 6, 4), learning_rate=0.001, l2=0.0):
    model = keras.Sequential([keras.Input((10,))])
    for width in widths:
        model.add(keras.layers.Dense(width, activation="relu", kernel_regularizer=keras.regularizers.L2(l2)))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy")
    return model

# %% pipeline
def new_pipeline(widths=(10, 6, 4), learning_rate=0.001, l2=0.0):
    network = KerasClassifier(build, model__widths=(10, 6, 4), model__learning_rate=0.001, model__l2=0.0, epochs=8, batch_size=64, verbose=0)
    return Pipeline([("scaler", StandardScaler()), ("network", network)])

# %% penalty
l2_table = pd.DataFrame({"l2": [0.001, 0.01, 0.05, 0.1], "accuracy": [0.61, 0.62, 0.71, 0.72]})

# %% coarse
settings = draw(4, 0)
coarse = pd.DataFrame(settings)
coarse["mean"], coarse["std"] = [0.86, 0.85, 0.84, 0.83], 0.01

# %% fine
best_settings = {"widths": (10, 6, 4), "learning_rate": 0.001, "l2": 0.0}

# %% tuned
tuned = new_pipeline().fit(X, y)
p_new = tuned.predict(X_new)
