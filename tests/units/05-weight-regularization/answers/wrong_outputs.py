"""Keeps what `fit` returns instead of the model, lists instead of dictionaries, prints instead of returning.

Loses: majority, penalty, near-zero, build, plain, l2, l1, both, collapsed, table
"""

# %% majority
majority_accuracy = f"{np.mean(y_val == 0):.0%}"

# %% penalty
def penalty(kernels, l1=0.0, l2=0.0):
    print(sum(l1 * np.abs(k).sum() + l2 * (k**2).sum() for k in kernels))

# %% near-zero
def share_near_zero(kernels, limit):
    return [np.mean(np.abs(k) < limit) * 100 for k in kernels]

# %% build
def build(l1=0.0, l2=0.0):
    model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy")

# %% plain
model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy")
plain = model.fit(X_train, y_train, epochs=1, verbose=0)
plain_history = model

# %% l2
l2_models = [plain, plain, plain]
l2_histories = {}

# %% l1
l1_models = {"L1 0.0001": model, "L1 0.001": model, "L1 0.1": model}

# %% both
both = {"l1": 0.0005, "l2": 0.005}

# %% collapsed
def has_collapsed(p):
    return p > 0.5

# %% table
comparison = {"plain": 0.8}
