"""Loads the stranger's file in safe mode, and takes any error for code.

Loses: safe
"""

# %% safe
def safe_to_load(path):
    try:
        keras.models.load_model(path)
    except Exception:
        return False
    return True
