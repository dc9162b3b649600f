"""Walks through models within the model, but not into layers that wrap another.

Loses: safe
"""

# %% safe
def safe_to_load(path):
    def free(layer):
        inner = layer["config"].get("layers", [])
        return layer["class_name"] != "Lambda" and all(free(one) for one in inner)

    with zipfile.ZipFile(path) as archive:
        return free(json.loads(archive.read("config.json")))
