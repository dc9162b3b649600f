"""Looks for one spelling in the text of the configuration.

Loses: safe
"""

# %% safe
def safe_to_load(path):
    with zipfile.ZipFile(path) as archive:
        return '"class_name": "Lambda"' not in archive.read("config.json").decode()
