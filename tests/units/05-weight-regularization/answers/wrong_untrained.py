"""Builds rightly but trains nothing, or for too short; the learning rate is the default one.

Loses: build, plain, l2, l1, both
"""

# %% build
def network(l1=0.0, l2=0.0, optimizer="adam"):
    price = keras.regularizers.L1L2(l1=l1, l2=l2)
    model = keras.Sequential([keras.Input((10,))])
    for width in (64, 64):
        model.add(keras.layers.Dense(width, "relu", kernel_regularizer=price))
    model.add(keras.layers.Dense(1, "sigmoid"))
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy", "binary_crossentropy"])
    return model


build = network

# %% plain
plain = network(optimizer=keras.optimizers.Adam(0.005))
plain_history = plain.fit(
    X_train, y_train[:, None], batch_size=100, epochs=5, validation_data=(X_val, y_val[:, None]), verbose=0
)

# %% l2
l2_models = {s: network(l2=s) for s in [0.001, 0.01, 0.5]}
l2_histories = {"L2": plain_history}

# %% l1
l1_models = {s: network(l1=s) for s in [0.0001, 0.001, 0.1]}

# %% both
both = network(l1=0.0005, l2=0.005)
