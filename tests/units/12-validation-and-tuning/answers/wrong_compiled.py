"""RMSprop where the question asks for Adam; a third step in the pipeline; predictions of another model.

Loses: build, pipeline, tuned
"""

# %% build
def build(widths=(10, 6, 4), learning_rate=0.001, l2=0.0):
    hidden = [keras.layers.Dense(width, "relu", kernel_regularizer=keras.regularizers.L2(l2)) for width in widths]
    model = keras.Sequential([keras.Input((10,)), *hidden, keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.RMSprop(learning_rate), "binary_crossentropy")
    return model

# %% pipeline
def new_pipeline(widths=(10, 6, 4), learning_rate=0.001, l2=0.0):
    from sklearn.decomposition import PCA

    network = KerasClassifier(build, model__widths=widths, model__learning_rate=learning_rate, model__l2=l2, epochs=8, batch_size=64, verbose=0)
    return Pipeline([("scaler", StandardScaler()), ("turn", PCA()), ("network", network)])

# %% tuned
tuned = new_pipeline(**best_settings).fit(X, y)
p_new = new_pipeline(**best_settings).fit(X, y).predict_proba(X_new)[:, 1]
