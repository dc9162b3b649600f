"""Loads the stranger's file to find out whether that is safe, and reads Keras's message.

Loses: safe
"""

# %% safe
def safe_to_load(path):
    try:
        keras.models.load_model(path, safe_mode=True)
    except (ValueError, TypeError) as error:
        return "Lambda" not in str(error)
    return True
