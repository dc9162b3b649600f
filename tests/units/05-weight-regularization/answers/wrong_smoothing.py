"""Labels that are smoothed: the loss is another, though its name is the same.

Hands the rest in as it came.

Loses: build, plain, l2, l1, both, table
"""

# %% build
def build(l1=0.0, l2=0.0):
    price = keras.regularizers.L1L2(l1=l1, l2=l2)
    model = keras.Sequential([keras.Input((10,))])
    for _ in range(2):
        model.add(keras.layers.Dense(64, activation="relu", kernel_regularizer=price))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.Adam(0.005), keras.losses.BinaryCrossentropy(label_smoothing=0.1), metrics=["accuracy", "binary_crossentropy"])
    return model

# %% plain
# YOUR CODE HERE
raise NotImplementedError("not answered yet")

# %% l2
# YOUR CODE HERE
raise NotImplementedError("not answered yet")

# %% l1
# YOUR CODE HERE
raise NotImplementedError("not answered yet")

# %% both
# YOUR CODE HERE
raise NotImplementedError("not answered yet")

# %% table
# YOUR CODE HERE
raise NotImplementedError("not answered yet")
