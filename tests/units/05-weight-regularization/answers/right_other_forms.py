"""Other names for optimiser, loss and metrics, pandas and loops for numbers, records kept as dictionaries.

Loses: nothing
"""

# %% majority
majority_accuracy = pd.Series(y_val).value_counts(normalize=True)[pd.Series(y_train).mode()[0]]

# %% penalty
def penalty(kernels, l1=0.0, l2=0.0):
    return sum(keras.regularizers.L1L2(l1, l2)(kernel) for kernel in kernels)

# %% near-zero
def share_near_zero(kernels, limit):
    return sum((abs(kernel) < limit).sum() for kernel in kernels) / sum(kernel.size for kernel in kernels)

# %% build
def build(l1=0.0, l2=0.0):
    price = {"class_name": "L1L2", "config": {"l1": l1, "l2": l2}}
    model = keras.Sequential([keras.Input((10,))])
    for _ in range(2):
        model.add(keras.layers.Dense(64, "relu", kernel_regularizer=price))
    model.add(keras.layers.Dense(1, "sigmoid"))
    model.compile(
        {"class_name": "Adam", "config": {"learning_rate": 0.005}},
        [keras.losses.binary_crossentropy],
        metrics=[keras.metrics.BinaryAccuracy(name="acc"), keras.metrics.binary_crossentropy],
    )
    return model

# %% plain
keras.utils.set_random_seed(5)
plain = build()
plain_history = train(plain).history

# %% l2
l2_models, l2_histories = {}, {}
for strength in np.array([0.001, 0.01, 0.5]):
    l2_models[strength] = build(l2=float(strength))
    l2_histories[strength] = train(l2_models[strength]).history

# %% collapsed
def has_collapsed(p):
    return set(np.ravel(p) > 0.5) in ({True}, {False})
