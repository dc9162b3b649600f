"""Baseline of the wrong rows, means for sums, signs forgotten, probabilities compared, penalties left in the losses.

Loses: majority, penalty, near-zero, collapsed, table, both
"""

# %% majority
majority_accuracy = np.mean(y_train == 0)

# %% penalty
def penalty(kernels, l1=0.0, l2=0.0):
    return sum(l1 * np.abs(k).mean() + l2 * (k**2).mean() for k in kernels)

# %% near-zero
def share_near_zero(kernels, limit):
    weights = np.concatenate([k.ravel() for k in kernels])
    return np.mean(weights < limit)

# %% collapsed
def has_collapsed(p):
    return bool(np.ptp(p) < 0.05)

# %% table
networks = {"plain": plain, "both": both}
networks |= {f"L2 {s}": m for s, m in l2_models.items()} | {f"L1 {s}": m for s, m in l1_models.items()}
rows = {}
for name, network in networks.items():
    p = network.predict(X_val, verbose=0).ravel()
    rows[name] = {
        "train_loss": network.evaluate(X_train, y_train[:, None], batch_size=1000, verbose=0)[0],
        "val_loss": network.evaluate(X_val, y_val[:, None], batch_size=2000, verbose=0)[0],
        "val_accuracy": np.mean((p > 0.5) == y_val),
        "near_zero": np.mean(np.abs(np.concatenate([k.ravel() for k in hidden_kernels(network)])) < 0.01),
    }
comparison = pd.DataFrame.from_dict(rows, orient="index")

# %% both
both = keras.Sequential([keras.Input((10,))])
for _ in range(2):
    both.add(keras.layers.Dense(50, "relu", kernel_regularizer=keras.regularizers.L1L2(0.0005, 0.005)))
both.add(keras.layers.Dense(1, "sigmoid"))
both.compile(keras.optimizers.Adam(0.005), "bce")
train(both, curve=False)
