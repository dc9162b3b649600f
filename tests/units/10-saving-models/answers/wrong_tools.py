"""Takes the neighbouring tool: weights for the whole, a search for a word, a Lambda, zip of unequal lists.

Loses: network, whole, safe, resume, weights, formats, pack, predict, elsewhere
"""

# %% network
keras.utils.set_random_seed(1)
network = practice((32, 16))
network_history = network.fit(X_train, 1 - y_train, epochs=5, verbose=0)

# %% whole
def save_whole(model, path):
    model.save_weights(path)


def load_whole(path):
    return keras.models.load_model(path)


# %% safe
def safe_to_load(path):
    with zipfile.ZipFile(path) as archive:
        return b'"Lambda"' not in archive.read("config.json")


# %% resume
def resume(path, X, y, epochs):
    model = practice()
    model.set_weights(keras.models.load_model(path).get_weights())
    model.fit(X, y, batch_size=40, epochs=epochs, shuffle=False, verbose=0)
    return model


# %% weights
def from_weights(path, inputs, widths):
    return keras.models.load_model(path)


# %% formats
def what_survives(model, path, X, y):
    model.save(path)
    loaded = keras.models.load_model(path)
    mine, its = ([keras.ops.convert_to_numpy(v) for v in m.optimizer.variables] for m in (model, loaded))
    try:
        loaded.fit(X, y, verbose=0)
        trains = True
    except ValueError:
        trains = False
    return {
        "predictions": np.array_equal(model.predict(X, verbose=0), loaded.predict(X, verbose=0)),
        "optimizer": all(np.array_equal(a, b) for a, b in zip(mine, its)),
        "trains_on": trains,
    }


# %% pack
def pack(network, mean, scale):
    mean, scale = mean.astype("float32"), scale.astype("float32")
    scaling = keras.layers.Lambda(lambda x: (x - mean) / scale)
    return keras.Sequential([keras.Input((len(mean),)), scaling, network])


# %% predict
def predict_from_disk(path, X):
    model = keras.models.load_model(path)
    if X.shape[1] != model.input_shape[1]:
        raise ValueError("The table has the wrong width.")
    return model.predict(X, verbose=0).ravel()


# %% elsewhere
def predict_elsewhere(path, X):
    code = "import keras, sys; print(keras.models.load_model(sys.argv[1]).predict(X))"
    return run_elsewhere(code, path)
