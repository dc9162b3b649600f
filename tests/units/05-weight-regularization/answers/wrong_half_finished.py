"""Answers some of the small questions, not quite rightly, and hands the rest in as it came.

Loses: majority, penalty, near-zero, build, plain, l2, l1, both, collapsed, table
"""

# %% majority
majority_accuracy = (y_val == 0).sum()

# %% penalty
def penalty(kernels, l1=0.0, l2=0.0):
    for kernel in kernels:
        return l1 * np.abs(kernel).sum() + l2 * (kernel**2).sum()

# %% near-zero
def share_near_zero(kernels, limit):
    return np.mean([np.mean(np.abs(k) < limit) for k in kernels])

# %% build
def build(l1=0.0, l2=0.0):
    model = keras.Sequential(
        [
            keras.Input((10,)),
            keras.layers.Dense(64, activation="relu", kernel_regularizer=keras.regularizers.L1L2(l1, l2)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.005), "binary_crossentropy", metrics=["accuracy", "binary_crossentropy"])
    return model

# %% plain
keras.utils.set_random_seed(1)
# YOUR CODE HERE
raise NotImplementedError("not answered yet")

# %% l2
keras.utils.set_random_seed(2)
# YOUR CODE HERE
raise NotImplementedError("not answered yet")

# %% l1
keras.utils.set_random_seed(3)
# YOUR CODE HERE
raise NotImplementedError("not answered yet")

# %% both
keras.utils.set_random_seed(4)
# YOUR CODE HERE
raise NotImplementedError("not answered yet")

# %% collapsed
def has_collapsed(p):
    return bool((p < 0.5).all())

# %% table
comparison = pd.DataFrame({"val_loss": [0.8, 0.5]}, index=["plain", "L2 0.01"])
