"""SciKeras's routed parameters for `fit` and `predict`, other names of the same loss, a scaler for named columns.

Loses: nothing
"""

# %% build
def build(widths=(10, 6, 4), learning_rate=0.001, l2=0.0):
    hidden = [keras.layers.Dense(width, "relu", kernel_regularizer=keras.regularizers.L1L2(l2=l2)) for width in widths]
    model = keras.Sequential([keras.Input((10,)), *hidden, keras.layers.Dense(1, "sigmoid")])
    model.compile(optimizer="Adam", loss="bce", metrics=["acc"])
    model.optimizer.learning_rate = learning_rate
    return model

# %% pipeline
from sklearn.compose import ColumnTransformer


def new_pipeline(widths=(10, 6, 4), learning_rate=0.001, l2=0.0):
    network = KerasClassifier(
        model=build, model__widths=widths, model__learning_rate=learning_rate, model__l2=l2,
        fit__epochs=8, fit__batch_size=64, predict__batch_size=1000, verbose=0,
    )
    scaler = ColumnTransformer([("all", StandardScaler(), list(range(10)))])
    return Pipeline([("scaler", scaler), ("network", network)])
