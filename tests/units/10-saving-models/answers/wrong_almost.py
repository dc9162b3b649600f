"""Nearly right: right for the example of the visible check, wrong beyond it.

Loses: safe, resume, weights, formats, pack, predict, elsewhere
"""

# %% whole
def save_whole(model, path):
    with zipfile.ZipFile(path, "w") as archive:
        keras.saving.save_model(model, f"{path}.inner.keras")
        archive.write(f"{path}.inner.keras", "model")


def load_whole(path):
    with tempfile.TemporaryDirectory() as folder:
        try:
            name = zipfile.ZipFile(path).extract("model", folder)
        except KeyError:
            return keras.models.load_model(path)
        os.rename(name, f"{name}.keras")
        return keras.models.load_model(f"{name}.keras")


# %% safe
def safe_to_load(path):
    with zipfile.ZipFile(path) as archive:
        layers = json.loads(archive.read("config.json"))["config"]["layers"]
    return all(layer["class_name"] != "Lambda" for layer in layers)


# %% resume
def resume(path, X, y, epochs):
    model = keras.models.load_model(path)
    model.fit(X, y, batch_size=40, epochs=epochs, verbose=0)
    return model


# %% weights
def from_weights(path, inputs, widths):
    layers = [keras.layers.Dense(width, activation="relu") for width in widths]
    model = keras.Sequential([keras.Input((inputs,)), *layers, keras.layers.Dense(1, activation="sigmoid")])
    model.load_weights(path, skip_mismatch=True)
    return model


# %% formats
def what_survives(model, path, X, y):
    model.save(path)
    loaded = keras.models.load_model(path)
    same_step = int(model.optimizer.iterations) == int(loaded.optimizer.iterations)
    found = {
        "predictions": np.array_equal(model.predict(X, verbose=0), loaded.predict(X, verbose=0)),
        "optimizer": same_step,
        "trains_on": True,
    }
    try:
        loaded.fit(X, y, verbose=0)
    except ValueError:
        found["trains_on"] = False
    return found


# %% pack
def pack(network, mean, scale):
    scaling = keras.layers.Normalization(mean=mean, variance=scale**2)
    return keras.Sequential([keras.Input((len(mean),)), network, scaling])


# %% predict
def predict_from_disk(path, X):
    model = keras.models.load_model(path)
    if X.shape[1] > model.input_shape[1]:
        raise ValueError(f"{X.shape[1]} columns are too many for {model.input_shape[1]}.")
    return model.predict(X, verbose=0).ravel()


# %% elsewhere
def predict_elsewhere(path, X):
    code = """
import json, os, sys, keras, numpy as np
p = keras.models.load_model(sys.argv[1]).predict(np.load(sys.argv[2]), verbose=0)
print(json.dumps({"process": os.getpid(), "probabilities": p.ravel().round(2).tolist()}))
"""
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/rows.npy", X)
        return json.loads(run_elsewhere(code, path, f"{folder}/rows.npy"))
