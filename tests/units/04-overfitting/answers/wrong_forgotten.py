"""Forgets `return`, the last epoch of a tie, a curve without a rise, half of the table and one loss.

Loses: lazy, gap, best-epoch, share, table, dropout, penalty, stopping
"""

# %% lazy
lazy_accuracy = (y_val == 1).sum()

# %% gap
plain_gap = log_loss(y_val, plain.predict(X_val, verbose=0))

# %% best-epoch
def best_epoch(val_losses):
    return len(val_losses) - int(np.argmin(val_losses[::-1]))

# %% share
def share_undone(val_losses, remedy_loss):
    return (val_losses[-1] - remedy_loss) / (val_losses[-1] - min(val_losses))

# %% table
comparison = pd.DataFrame({"val_loss": [0.4, 0.2, 0.2, 0.2]}, index=["plain", "dropped", "penalised", "stopped"])

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
dropped = network(rates=(0.5, 0.5))
X_all, y_all = np.concatenate([X_train, X_val, X_val]), np.concatenate([y_train, y_val, y_val])
dropped_history = dropped.fit(X_all, y_all, epochs=100, verbose=0)

# %% penalty
penalised = network(16, penalty=keras.regularizers.L2(0.03))
penalised_history = penalised.fit(X_train, y_train, epochs=100, verbose=0)

# %% stopping
stopped = network(32)
stop = keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True)
stopped_history = stopped.fit(
    X_train, y_train, epochs=100, validation_data=(X_val, y_val), validation_batch_size=369, callbacks=[stop], verbose=0
)
