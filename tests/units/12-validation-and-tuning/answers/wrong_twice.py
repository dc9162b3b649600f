"""A loss with smoothed labels; twice the epochs in batches of twice the size, which takes as many steps.

Loses: build, pipeline
"""

# %% build
def build(widths=(10, 6, 4), learning_rate=0.001, l2=0.0):
    hidden = [keras.layers.Dense(width, "relu", kernel_regularizer=keras.regularizers.L2(l2)) for width in widths]
    model = keras.Sequential([keras.Input((10,)), *hidden, keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(learning_rate), keras.losses.BinaryCrossentropy(label_smoothing=0.1))
    return model

# %% pipeline
def new_pipeline(widths=(10, 6, 4), learning_rate=0.001, l2=0.0):
    network = KerasClassifier(build, model__widths=widths, model__learning_rate=learning_rate, model__l2=l2, epochs=16, batch_size=128, verbose=0)
    return Pipeline([("scaler", StandardScaler()), ("network", network)])
