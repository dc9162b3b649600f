"""Labels as a column, paths as objects, a layer that multiplies and adds for the scaler, a table of numbers for the process.

Loses: nothing
"""

# %% network
from pathlib import Path

keras.utils.set_random_seed(3)
network = keras.models.Sequential()
network.add(keras.layers.Dense(32, input_shape=(19,)))
network.add(keras.layers.LeakyReLU())
network.add(keras.layers.Dense(16, "relu"))
network.add(keras.layers.Dense(1))
network.add(keras.layers.Activation("sigmoid"))
network.compile(optimizer=keras.optimizers.Nadam(0.003), loss=keras.losses.binary_crossentropy, metrics=["acc", "AUC"])
network.fit(X_train, y_train.reshape(-1, 1), epochs=10, batch_size=64, verbose=0)

# %% whole
def save_whole(model, path):
    keras.models.save_model(model, Path(path), overwrite=True)


def load_whole(path):
    return keras.models.load_model(str(path), safe_mode=True)

# %% safe
def safe_to_load(path):
    text = zipfile.ZipFile(path).read("config.json").decode()
    return re.search(r'"class_name"\s*:\s*"Lambda"', text) is None

# %% pack
def pack(network, mean, scale):
    inputs = keras.Input((len(mean),), name="raw")
    scaled = keras.layers.Rescaling(1 / scale, offset=-mean / scale)(inputs)
    return keras.Model(inputs, network(scaled), name="packed")

# %% predict
def predict_from_disk(path, X):
    model = keras.saving.load_model(Path(path), compile=False)
    if np.shape(X)[-1] != model.inputs[0].shape[-1]:
        raise ValueError(f"width {np.shape(X)[-1]} in place of {model.inputs[0].shape[-1]}")
    return np.squeeze(model(np.asarray(X, "float32")), axis=-1)

# %% elsewhere
def predict_elsewhere(path, X):
    code = """
import os, sys, keras, numpy as np
folder = sys.argv[2]
np.savetxt(folder + "/p.txt", keras.models.load_model(sys.argv[1]).predict(np.loadtxt(folder + "/X.txt"), verbose=0))
print(os.getpid())
"""
    with tempfile.TemporaryDirectory() as folder:
        np.savetxt(Path(folder) / "X.txt", X)
        process = run_elsewhere(code, Path(path), folder)
        return {"process": np.int64(process), "probabilities": np.loadtxt(Path(folder) / "p.txt"), "folder": folder}
