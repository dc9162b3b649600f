"""Trains too short, and uses remedies that crush the network or stop it before it has learnt.

Loses: plain, dropout, penalty, stopping
"""

# %% plain
def network(rate=0.0, penalty=None):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((30,))])
    for _ in range(2):
        model.add(keras.layers.Dense(128, "relu", kernel_regularizer=penalty))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1, "sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


watched = dict(validation_data=(X_val, y_val), validation_batch_size=369, verbose=0)
plain = network()
plain_history = plain.fit(X_train, y_train, epochs=10, **watched)

# %% dropout
dropped = network(rate=0.98)
dropped_history = dropped.fit(X_train, y_train, batch_size=128, epochs=100, verbose=0)

# %% penalty
penalised = network(penalty=keras.regularizers.L2(1.0))
penalised_history = penalised.fit(X_train, y_train, batch_size=128, epochs=100, verbose=0)

# %% stopping
stopped = network()
stopped_history = stopped.fit(X_train, y_train, epochs=1, **watched)
