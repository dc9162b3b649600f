"""Answers the first three questions and hands the rest in as it came.

Loses: resume, weights, formats, pack, predict, elsewhere
"""

# %% resume
def resume(path, X, y, epochs):
    # YOUR CODE HERE
    raise NotImplementedError("not answered yet")


# %% weights
def from_weights(path, inputs, widths):
    # YOUR CODE HERE
    raise NotImplementedError("not answered yet")


# %% formats
def what_survives(model, path, X, y):
    # YOUR CODE HERE
    raise NotImplementedError("not answered yet")


# %% pack
def pack(network, mean, scale):
    # YOUR CODE HERE
    raise NotImplementedError("not answered yet")


# %% predict
def predict_from_disk(path, X):
    # YOUR CODE HERE
    raise NotImplementedError("not answered yet")


# %% elsewhere
def predict_elsewhere(path, X):
    # YOUR CODE HERE
    raise NotImplementedError("not answered yet")
