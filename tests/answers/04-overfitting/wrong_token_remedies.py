"""Stops by hand at a good moment, with a remedy for show; penalises one layer only.

Loses: dropout, penalty, stopping
"""

# %% dropout
def network(rate=0.0, penalty=None):
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input((30,)),
            keras.layers.Dense(128, "relu", kernel_regularizer=penalty),
            keras.layers.Dropout(rate),
            keras.layers.Dense(128, "relu"),
            keras.layers.Dropout(rate),
            keras.layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy")
    return model


settings = dict(batch_size=32, validation_data=(X_val, y_val), validation_batch_size=369, verbose=0)
dropped = network(rate=0.01)
dropped_history = dropped.fit(X_train, y_train, epochs=20, **settings)

# %% penalty
penalised = network(penalty=keras.regularizers.L2(0.05))
penalised_history = penalised.fit(X_train, y_train, epochs=100, **settings)

# %% stopping
stopped = network()
stopped_history = stopped.fit(X_train, y_train, epochs=12, **settings)
