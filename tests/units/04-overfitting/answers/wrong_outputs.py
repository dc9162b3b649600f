"""No probability at the end, L1 for L2, a learning rate that explodes, an untrained model, no table.

Loses: plain, gap, dropout, penalty, stopping, table
"""

# %% plain
L = keras.layers
plain = keras.Sequential([keras.Input((30,)), L.Dense(128, "relu"), L.Dense(128, "relu"), L.Dense(1)])
plain.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
plain_history = plain.fit(X_train, y_train, epochs=100, verbose=0)

# %% gap
plain_gap = 0

# %% dropout
dropped = keras.Sequential([keras.Input((30,)), L.Dense(128, "relu"), L.Dropout(0.5), L.Dense(2, "softmax")])
dropped.compile("adam", "sparse_categorical_crossentropy")
dropped_history = dropped.fit(X_train, y_train, epochs=20, verbose=0)

# %% penalty
penalised = keras.Sequential(
    [
        keras.Input((30,)),
        L.Dense(128, "relu", kernel_regularizer="l1"),
        L.Dense(128, "relu", kernel_regularizer="l1"),
        L.Dense(1, "sigmoid"),
    ]
)
penalised.compile("adam", "binary_crossentropy")
penalised_history = penalised.fit(X_train, y_train, epochs=100, verbose=0)

# %% stopping
stopped = keras.Sequential([L.Dense(128, "relu"), L.Dense(1, "sigmoid")])
stopped_history = None

# %% table
comparison = {"plain": 0.4}
