"""Answers the first half and hands the rest in as it came.

Loses: frozen, count, tuned, spread, rule, predict
"""

# %% frozen
def frozen_copy(model):
    # YOUR CODE HERE
    raise NotImplementedError("not answered yet")


original = load_south()
headed = frozen_copy(original)
headed_history = headed.fit(X_few, y_few, batch_size=8, epochs=30, verbose=0)

# %% count
def count_weights(model):
    # YOUR CODE HERE
    raise NotImplementedError("not answered yet")

# %% tuned
def fine_tuned(model, X, y):
    # YOUR CODE HERE
    raise NotImplementedError("not answered yet")


home = load_south()
home.layers[0].trainable = False
tuned = fine_tuned(home, X_few, y_few)

# %% spread
def spread(runs):
    # YOUR CODE HERE
    raise NotImplementedError("not answered yet")

# %% rule
def no_longer_pays(rows, transfer, scratch, margin):
    # YOUR CODE HERE
    raise NotImplementedError("not answered yet")

# %% predict
# YOUR CODE HERE
raise NotImplementedError("not answered yet")
