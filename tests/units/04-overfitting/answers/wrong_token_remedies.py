"""A remedy for show on a small network; penalises one layer only; stops by hand at a good moment.

Loses: dropout, penalty, stopping
"""

# %% dropout
def network(rate=0.0, penalty=None, width=128):
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input((30,)),
            keras.layers.Dense(width, "relu", kernel_regularizer=penalty),
            keras.layers.Dropout(rate),
            keras.layers.Dense(width, "relu"),
            keras.layers.Dropout(rate),
            keras.layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy")
    return model


dropped = network(rate=0.01, width=16)
dropped_history = dropped.fit(X_train, y_train, epochs=100, verbose=0)

# %% penalty
penalised = network(penalty=keras.regularizers.L2(0.05))
penalised_history = penalised.fit(X_train, y_train, batch_size=128, epochs=100, verbose=0)

# %% stopping
stopped = network()
stopped_history = stopped.fit(X_train, y_train, epochs=12, validation_data=(X_val, y_val), verbose=0)
