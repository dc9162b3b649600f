"""Trains on the validation rows too, drops nothing, penalises the biases, keeps the last weights.

Loses: plain, dropout, penalty, stopping
"""

# %% plain
def network(penalty=None):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((30,))])
    for _ in range(2):
        model.add(keras.layers.Dense(128, "relu", bias_regularizer=penalty))
    model.add(keras.layers.Dense(1, "sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


watched = dict(epochs=100, validation_data=(X_val, y_val), validation_batch_size=369, verbose=0)
plain = network()
X_all, y_all = np.concatenate([X_train, X_val]), np.concatenate([y_train, y_val])
plain_history = plain.fit(X_all, y_all, batch_size=64, validation_freq=20, **watched)

# %% dropout
dropped = network()
dropped_history = dropped.fit(X_train, y_train, epochs=15, verbose=0)

# %% penalty
penalised = network(penalty=keras.regularizers.L2(0.03))
penalised_history = penalised.fit(X_train, y_train, batch_size=128, epochs=100, verbose=0)

# %% stopping
stopped = network()
stop = keras.callbacks.EarlyStopping(patience=20)
stopped_history = stopped.fit(X_train, y_train, callbacks=[stop], **watched)
