"""Takes the network at hand in place of that of the note: its layers fit, its activation does not.

Loses: weights
"""

# %% weights
def from_weights(path, inputs, widths):
    model = practice(widths, inputs)
    model.load_weights(path)
    return model
