"""Labels that are smoothed, remedies that get help from another, a stop that waits for 60 epochs, one digit or two.

Loses: plain, gap, dropout, penalty, stopping, table
"""

# %% plain
def network(rate=0.0, penalty=None, smoothing=0.0):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((30,))])
    for _ in range(2):
        model.add(keras.layers.Dense(128, "relu", kernel_regularizer=penalty))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1, "sigmoid"))
    model.compile("adam", keras.losses.BinaryCrossentropy(label_smoothing=smoothing))
    return model


watched = dict(epochs=100, validation_data=(X_val, y_val), validation_batch_size=369, verbose=0)
plain = network(smoothing=0.2)
plain_history = plain.fit(X_train, y_train, validation_freq=20, **watched)

# %% gap
plain_gap = round(log_loss(y_val, plain.predict(X_val, verbose=0)) - log_loss(y_train, plain.predict(X_train, verbose=0)), 1)

# %% dropout
dropped = network(rate=0.3, penalty=keras.regularizers.L2(0.03))
dropped_history = dropped.fit(X_train, y_train, batch_size=128, epochs=100, verbose=0)

# %% penalty
penalised = network(rate=0.5, penalty=keras.regularizers.L2(0.0001))
penalised_history = penalised.fit(X_train, y_train, batch_size=128, epochs=100, verbose=0)

# %% stopping
stopped = network()
stop = keras.callbacks.EarlyStopping(patience=60, restore_best_weights=True)
stopped_history = stopped.fit(X_train, y_train, callbacks=[stop], **watched)

# %% table
rows = {}
for name, model in {"plain": plain, "dropped": dropped, "penalised": penalised, "stopped": stopped}.items():
    p_train, p_val = model.predict(X_train, verbose=0), model.predict(X_val, verbose=0)
    rows[name] = [round(x, 2) for x in (log_loss(y_train, p_train), log_loss(y_val, p_val), np.mean((p_val[:, 0] > 0.5) == y_val))]
comparison = pd.DataFrame.from_dict(rows, orient="index", columns=["train_loss", "val_loss", "val_accuracy"])
