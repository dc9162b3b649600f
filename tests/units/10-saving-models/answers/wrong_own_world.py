"""Uses what lies in the notebook in place of what the function is given, and asserts instead of measuring.

Loses: network, whole, safe, resume, weights, formats, pack, predict, elsewhere
"""

# %% network
keras.utils.set_random_seed(1)
network = practice((32, 16))
network_history = network.fit(X_raw, y_train, epochs=2, verbose=0)

# %% whole
kept = {}


def save_whole(model, path):
    kept[path] = model


def load_whole(path):
    return kept[path]


# %% safe
def safe_to_load(path):
    return True


# %% resume
def resume(path, X, y, epochs):
    network.fit(X, y, batch_size=40, epochs=epochs, shuffle=False, verbose=0)
    return network


# %% weights
def from_weights(path, inputs, widths):
    return practice([12], 19)


# %% formats
def what_survives(model, path, X, y):
    return {"predictions": True, "optimizer": path.endswith(".keras"), "trains_on": path.endswith(".keras")}


# %% pack
def pack(network, mean, scale):
    return keras.Sequential(
        [keras.Input((19,)), keras.layers.Normalization(mean=scaler.mean_, variance=scaler.var_), network]
    )


# %% predict
def predict_from_disk(path, X):
    if X.shape[1] != 19:
        raise ValueError(f"19 columns are needed, not {X.shape[1]}.")
    return keras.models.load_model(path).predict(X, verbose=0).ravel()


# %% elsewhere
def predict_elsewhere(path, X):
    return {"process": -1, "probabilities": keras.models.load_model(path).predict(X, verbose=0).ravel()}
