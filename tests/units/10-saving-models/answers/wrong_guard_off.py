"""Switches the guard off, loads without the optimiser, trains on the wrong number of epochs, compares one number.

Loses: network, whole, safe, resume, weights, formats, predict, elsewhere
"""

# %% network
keras.utils.set_random_seed(1)
network = keras.Sequential([keras.Input((19,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(2, "softmax")])
network.compile("adam", "sparse_categorical_crossentropy")
network_history = network.fit(X_train, y_train, epochs=2, verbose=0)

# %% whole
def save_whole(model, path):
    model.save(path)


def load_whole(path):
    return keras.models.load_model(path, compile=False)


# %% safe
def safe_to_load(path):
    try:
        keras.models.load_model(path, safe_mode=False)
    except ValueError:
        return False
    return True


# %% resume
def resume(path, X, y, epochs):
    model = keras.models.load_model(path)
    steps = int(model.optimizer.iterations) // 3
    model.fit(X, y, batch_size=40, initial_epoch=steps, epochs=epochs, shuffle=False, verbose=0)
    return model


# %% weights
def from_weights(path, inputs, widths):
    model = keras.Sequential([keras.Input((inputs,))])
    for width in widths:
        model.add(keras.layers.Dense(width, "relu"))
    model.add(keras.layers.Dense(1))
    model.load_weights(path)
    return model


# %% formats
def what_survives(model, path, X, y):
    model.save(path)
    loaded = keras.models.load_model(path)
    return {
        "predictions": model.predict(X, verbose=0) == loaded.predict(X, verbose=0),
        "optimizer": model.optimizer == loaded.optimizer,
        "trains_on": "yes",
    }


# %% pack
def pack(network, mean, scale):
    return keras.Sequential(
        [keras.Input((len(mean),)), keras.layers.Rescaling(1 / scale, offset=-mean / scale), network]
    )


# %% predict
def predict_from_disk(path, X):
    model = keras.models.load_model(path)
    if X.shape[1] != model.input_shape[1]:
        print(f"The model takes {model.input_shape[1]} columns, not {X.shape[1]}.")
        return None
    return model.predict(X, verbose=0)


# %% elsewhere
def predict_elsewhere(path, X):
    code = "import keras, os, sys; print(os.getpid(), keras.models.load_model(sys.argv[1]).predict(sys.argv[2]))"
    process, probabilities = run_elsewhere(code, path, X).split(maxsplit=1)
    return {"process": process, "probabilities": probabilities}
