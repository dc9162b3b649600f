"""Reads the configuration, but builds the stranger's model from it; packs with the mean for the scale.

Loses: safe, pack
"""

# %% safe
def safe_to_load(path):
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
    try:
        keras.saving.deserialize_keras_object(config, safe_mode=True)
    except Exception as error:
        return "`Lambda` layer" not in str(error)
    return True

# %% pack
def pack(network, mean, scale):
    scaling = keras.layers.Normalization(mean=scale, variance=mean**2)
    return keras.Sequential([keras.Input((len(mean),)), scaling, network])
