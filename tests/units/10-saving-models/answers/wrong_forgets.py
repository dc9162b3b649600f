"""Does not train, forgets `return`, the state, the activations, a key, the square, the check, the new process.

Loses: network, whole, safe, resume, weights, formats, pack, predict, elsewhere
"""

# %% network
network = practice((32, 16))

# %% whole
def save_whole(model, path):
    model.save(path)


def load_whole(path):
    keras.models.load_model(path)


# %% safe
def safe_to_load(path):
    try:
        keras.models.load_model(path)
    except ValueError:
        return False


# %% resume
def resume(path, X, y, epochs):
    model = keras.models.load_model(path)
    model.compile(optimizer="adam", loss="binary_crossentropy")
    model.fit(X, y, batch_size=40, epochs=epochs, shuffle=False, verbose=0)
    return model


# %% weights
def from_weights(path, inputs, widths):
    model = keras.Sequential([keras.Input((inputs,))])
    for width in widths:
        model.add(keras.layers.Dense(width))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.load_weights(path)
    return model


# %% formats
def what_survives(model, path, X, y):
    model.save(path)
    loaded = keras.models.load_model(path)
    return {"predictions": np.array_equal(model.predict(X, verbose=0), loaded.predict(X, verbose=0))}


# %% pack
def pack(network, mean, scale):
    return keras.Sequential(
        [keras.Input((len(mean),)), keras.layers.Normalization(mean=mean, variance=scale), network]
    )


# %% predict
def predict_from_disk(path, X):
    return keras.models.load_model(path).predict(X, verbose=0).ravel()


# %% elsewhere
def predict_elsewhere(path, X):
    model = keras.models.load_model(path)
    return {"process": os.getpid(), "probabilities": model.predict(X, verbose=0).ravel()}
