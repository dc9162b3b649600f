"""Keeps what `fit` returns and throws the model away, so a History stands where a model is asked for.

Loses: plain, gap, dropout, penalty, stopping, table
"""

# %% plain
L = keras.layers
plain_history = keras.Sequential([L.Dense(128, "relu"), L.Dense(128, "relu"), L.Dense(1, "sigmoid")])
plain_history.compile("adam", "binary_crossentropy")
plain = plain_history.fit(X_train, y_train, epochs=2, verbose=0)

# %% gap
plain_gap = plain.history["loss"][-1]

# %% dropout
dropped = plain

# %% penalty
penalised = plain

# %% stopping
stopped = stopped_history = plain

# %% table
comparison = pd.DataFrame(plain.history)
