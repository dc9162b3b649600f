"""Counts from 0, in percent or the wrong rows; subtracts and divides the other way round.

Loses: lazy, gap, best-epoch, share, table, dropout, penalty
"""

# %% lazy
lazy_accuracy = 100 * np.mean(y_val == 1)

# %% gap
plain_gap = log_loss(y_train, plain.predict(X_train, verbose=0)) - log_loss(y_val, plain.predict(X_val, verbose=0))

# %% best-epoch
def best_epoch(val_losses):
    return int(np.argmin(val_losses))

# %% share
def share_undone(val_losses, remedy_loss):
    return (remedy_loss - min(val_losses)) / (val_losses[-1] - min(val_losses))

# %% table
rows = {}
for name, model in {"plain": plain, "dropped": dropped, "penalised": penalised, "stopped": stopped}.items():
    p = model.predict(X_val, verbose=0)
    rows[name] = [log_loss(y_val, p), log_loss(y_val, p), 100 * np.mean(y_val == (p[:, 0] > 0.5))]
comparison = pd.DataFrame.from_dict(rows, orient="index", columns=["train_loss", "val_loss", "val_accuracy"])

# %% dropout
def network(width=128, rates=(0, 0), penalty=None):
    model = keras.Sequential([keras.Input((30,))])
    for rate in rates:
        model.add(keras.layers.Dense(width, "relu", kernel_regularizer=penalty))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1, "sigmoid"))
    model.compile("adam", "binary_crossentropy")
    return model


keras.utils.set_random_seed(1)
dropped = network(rates=(0.5, 0))
dropped_history = dropped.fit(X_train, y_train, epochs=100, verbose=0)

# %% penalty
penalised = network(penalty=keras.regularizers.L2(0.03))
penalised_history = penalised.fit(X_train, y_train, batch_size=128, epochs=60, verbose=0)
