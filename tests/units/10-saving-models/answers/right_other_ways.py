"""The functional API, other functions of Keras, zip and JSON by hand, and a scaler folded into the weights.

Loses: nothing
"""

# %% network
keras.utils.set_random_seed(7)
inputs = keras.Input(shape=(19,), name="client")
hidden = keras.layers.Dense(40)(inputs)
hidden = keras.layers.Activation(keras.activations.tanh)(hidden)
hidden = keras.layers.Dropout(0.1)(hidden)
network = keras.Model(inputs, keras.layers.Dense(1, activation=keras.activations.sigmoid)(hidden))
network.compile(keras.optimizers.RMSprop(0.003), keras.losses.BinaryCrossentropy(), metrics=[keras.metrics.AUC()])
network_record = network.fit(X_train, y_train, epochs=12, batch_size=50, validation_data=(X_new, y_new), verbose=0)

# %% whole
from pathlib import Path


def save_whole(model, path):
    keras.saving.save_model(model, Path(path))
    return path


def load_whole(path):
    return keras.saving.load_model(Path(path), compile=True)


# %% safe
def safe_to_load(path):
    with zipfile.ZipFile(path) as archive:
        left = [json.loads(archive.read("config.json"))]
    code = False
    while left:
        part = left.pop()
        if isinstance(part, dict):
            code |= part.get("class_name") == "Lambda"
            left += part.values()
        elif isinstance(part, list):
            left += part
    return np.bool_(not code)


# %% resume
def resume(path, X, y, epochs):
    model = load_whole(path)
    for _ in range(epochs):
        for start in range(0, len(X), 40):
            model.train_on_batch(X[start : start + 40], y[start : start + 40])
    return model


# %% weights
def from_weights(path, inputs, widths):
    x = first = keras.Input((inputs,))
    for n in widths:
        x = keras.layers.ReLU()(keras.layers.Dense(n, name=f"hidden_{n}")(x))
    model = keras.Model(first, keras.layers.Dense(1, "sigmoid")(x))
    model.compile("sgd", "mse")
    practised = practice(widths, inputs)
    practised.load_weights(path)
    model.set_weights(practised.get_weights())
    return model


# %% formats
def what_survives(model, path, X, y):
    before = model.predict(X, verbose=0)
    state = [np.array(keras.ops.convert_to_numpy(v)) for v in model.optimizer.variables]
    model.save(path)
    back = keras.models.load_model(path)
    same = bool((back.predict(X, verbose=0) == before).all())
    again = [keras.ops.convert_to_numpy(v) for v in back.optimizer.variables]
    kept = [a.shape for a in again] == [b.shape for b in state] and sum(np.sum(a != b) for a, b in zip(again, state)) == 0
    try:
        back.fit(X, y, epochs=1, batch_size=20, verbose=0)
    except Exception:
        return dict(predictions=same, optimizer=kept, trains_on=False)
    return dict(predictions=same, optimizer=kept, trains_on=True)


# %% pack
def pack(network, mean, scale):
    copy = keras.models.clone_model(network)
    kernel, bias, *others = network.get_weights()
    copy.set_weights([kernel / scale[:, None], bias - (mean / scale) @ kernel, *others])
    return copy


# %% predict
def predict_from_disk(path, X):
    X = np.asarray(X)
    with zipfile.ZipFile(path) as archive:
        layers = json.loads(archive.read("config.json"))["config"]["layers"]
    width = layers[0]["config"]["batch_shape"][-1]
    if X.shape[-1] != width:
        raise ValueError(f"{X.shape[-1]} columns given, {width} needed")
    return list(load_whole(path)(X)[:, 0])


# %% elsewhere
def predict_elsewhere(path, X):
    with tempfile.TemporaryDirectory() as folder:
        names = [f"{folder}/{name}" for name in ("program.py", "rows.csv", "answers.npy")]
        with open(names[0], "w") as program:
            program.write(
                "import os, sys\nimport numpy as np\nfrom keras.models import load_model\n"
                "rows = np.loadtxt(sys.argv[2], delimiter=',')\n"
                "np.save(sys.argv[3], load_model(sys.argv[1])(rows)[:, 0])\nprint('process', os.getpid())\n"
            )
        np.savetxt(names[1], X, delimiter=",")
        done = subprocess.run(
            [sys.executable, names[0], path, *names[1:]], env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1"},
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        return {"probabilities": np.load(names[2]), "process": int(done.stdout.split()[-1]), "code": done.returncode}
