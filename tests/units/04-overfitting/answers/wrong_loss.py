"""Compiles with the squared error in the place of the cross-entropy, and asks for its smoothing in the remedies.

Loses: plain, dropout, penalty, stopping
"""

# %% plain
def network(loss, rate=0.0, penalty=None):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((30,))])
    for _ in range(2):
        model.add(keras.layers.Dense(128, "relu", kernel_regularizer=penalty))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1, "sigmoid"))
    model.compile("adam", loss)
    return model


plain = network("mean_squared_error")
plain_history = plain.fit(
    X_train, y_train, epochs=100, validation_data=(X_val, y_val), validation_freq=20, validation_batch_size=369, verbose=0
)

# %% dropout
dropped = network(keras.losses.BinaryCrossentropy(label_smoothing=0.1), rate=0.5)
dropped_history = dropped.fit(X_train, y_train, batch_size=128, epochs=100, verbose=0)

# %% penalty
penalised = network([keras.losses.BinaryFocalCrossentropy()], penalty="l2")
penalised_history = penalised.fit(X_train, y_train, batch_size=128, epochs=100, verbose=0)

# %% stopping
stopped = network("binary_crossentropy", penalty=keras.regularizers.L2(0.0001))
stop = keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True)
stopped_history = stopped.fit(
    X_train, y_train, epochs=100, validation_data=(X_val, y_val), validation_batch_size=369, callbacks=[stop], verbose=0
)
