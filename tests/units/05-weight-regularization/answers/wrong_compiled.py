"""RMSprop for Adam, histories of other networks or none, a network trained twice, "at least" for "above", two digits.

Loses: build, plain, l2, l1, collapsed, table, penalty, near-zero
"""

# %% build
def build(l1=0.0, l2=0.0):
    price = keras.regularizers.L1L2(l1=l1, l2=l2)
    model = keras.Sequential([keras.Input((10,))])
    for _ in range(2):
        model.add(keras.layers.Dense(64, activation="relu", kernel_regularizer=price))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.RMSprop(0.005), "binary_crossentropy", metrics=["accuracy", "binary_crossentropy"])
    return model

# %% plain
keras.utils.set_random_seed(1)
plain = build()
plain_history = train(plain, curve=False)

# %% l2
l2_models = {strength: build(l2=strength) for strength in [0.001, 0.01, 0.5]}
records = [train(model) for model in l2_models.values()]
l2_histories = dict(zip([0.01, 0.001, 0.5], records))

# %% l1
l1_models = {strength: build(l1=strength) for strength in [0.0001, 0.001, 0.1]}
for model in [*l1_models.values(), l1_models[0.001]]:
    train(model, curve=False)

# %% collapsed
def has_collapsed(p):
    answers = np.asarray(p) >= 0.5
    return bool(answers.all() or not answers.any())

# %% table
networks = {"plain": plain, "both": both}
networks |= {f"L2 {s}": m for s, m in l2_models.items()} | {f"L1 {s}": m for s, m in l1_models.items()}
rows = {}
for name, network in networks.items():
    p_train, p_val = (network.predict(X, batch_size=2000, verbose=0).ravel() for X in (X_train, X_val))
    near = share_near_zero(hidden_kernels(network), 0.01)
    measures = [log_loss(y_train, p_train), log_loss(y_val, p_val), accuracy_score(y_val, p_val > 0.5), near]
    rows[name] = np.round(measures, 2)
comparison = pd.DataFrame.from_dict(rows, orient="index", columns=["train_loss", "val_loss", "val_accuracy", "near_zero"])

# %% penalty
def penalty(kernels, l1, l2):
    return sum(l1 * np.abs(kernel).sum() + l2 * (kernel**2).sum() for kernel in kernels)

# %% near-zero
def share_near_zero(kernels, limit):
    return np.mean(np.abs(np.concatenate([kernel.ravel() for kernel in kernels])) <= limit)
