"""The same thoughts in more lines, and training settings at the edge of what the questions suggest.

Loses: nothing
"""

# %% count
def count_parameters(sizes):
    total = 0
    for place in range(1, len(sizes)):
        total += (sizes[place - 1] + 1) * sizes[place]
    return total

# %% fit
keras.utils.set_random_seed(9)
network = build()
history = network.fit(Z, t, batch_size=100, epochs=8, validation_split=0.3, verbose=0)

# %% predict
def transactions(customers):
    scaled = input_scaler.transform(customers)
    column = network.predict(scaled, verbose=0)
    return target_scaler.inverse_transform(column)[:, 0]

# %% classifier
classifier = keras.Sequential(
    [
        keras.Input((8,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(4, activation="softmax"),
    ]
)
classifier.compile(keras.optimizers.Adam(0.005), loss="categorical_crossentropy", metrics=["accuracy"])
classifier.fit(Z, np.eye(4)[group], validation_split=0.3, epochs=8, batch_size=100, verbose=0)

# %% names
def to_names(probability, names):
    found = []
    for row in probability:
        found.append(names[list(row).index(max(row))])
    return found
