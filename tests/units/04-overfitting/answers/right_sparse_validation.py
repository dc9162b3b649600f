"""Looks at the validation rows in every fifth or third epoch only, which gives fewer validation losses than epochs.

Loses: nothing
"""

# %% plain
keras.utils.set_random_seed(1)
plain = keras.Sequential(
    [
        keras.Input((30,)),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
plain.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
plain_history = plain.fit(X_train, y_train, epochs=100, batch_size=32, validation_data=(X_val, y_val), validation_freq=5, verbose=0)

# %% dropout
keras.utils.set_random_seed(1)
dropped = keras.Sequential(
    [
        keras.Input((30,)),
        keras.layers.Dense(128, activation="relu"), keras.layers.Dropout(0.5),
        keras.layers.Dense(128, activation="relu"), keras.layers.Dropout(0.5),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)  # fmt: skip
dropped.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
dropped_history = dropped.fit(X_train, y_train, epochs=100, batch_size=32, validation_data=(X_val, y_val), validation_freq=3, verbose=0)
