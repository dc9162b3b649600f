"""Too small a network, and remedies so weak or so late that little is cured.

Loses: plain, dropout, penalty, stopping
"""

# %% plain
def network(width=128, rate=0.0, penalty=None):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((30,))])
    for _ in range(2):
        model.add(keras.layers.Dense(width, "relu", kernel_regularizer=penalty))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1, "sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


watched = dict(epochs=100, validation_data=(X_val, y_val), validation_batch_size=369, verbose=0)
plain = network(width=4)
plain_history = plain.fit(X_train, y_train, batch_size=128, validation_freq=20, **watched)

# %% dropout
dropped = network(rate=0.1)
dropped_history = dropped.fit(X_train, y_train, epochs=100, verbose=0)

# %% penalty
penalised = network(penalty=keras.regularizers.L2(0.0003))
penalised_history = penalised.fit(X_train, y_train, epochs=100, verbose=0)

# %% stopping
stopped = network()
stop = keras.callbacks.EarlyStopping(monitor="loss", patience=10, restore_best_weights=True)
stopped_history = stopped.fit(X_train, y_train, callbacks=[stop], **watched)
