"""Prints for returns, texts for numbers, the history for the model, one output, a column for an array.

Loses: baseline, count, build, split, scale, fit, unit, predict, record, classifier, names
"""

# %% baseline
linear_mae = "3.99 transactions"

# %% count
def count_parameters(sizes):
    print(sum(a * b + b for a, b in zip(sizes, sizes[1:])))

# %% build
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(16, "relu"), keras.layers.Dense(1)])


def build():
    model.compile(keras.optimizers.Adam(0.005), "mae")

# %% split
def split_rows(n, share):
    return int(n * (1 - share))

# %% scale
def scale(values, known):
    return (values.mean(axis=0) - known.mean(axis=0)) / known.std(axis=0)


def unscale(scaled, known):
    print(scaled * known.std(axis=0) + known.mean(axis=0))

# %% fit
model.compile(keras.optimizers.Adam(0.005), "mae")
network = model.fit(Z, t, validation_split=0.3, epochs=1, batch_size=500, verbose=0)
history = network

# %% unit
def in_transactions(loss, kind, spread):
    print(loss * spread)

# %% predict
def transactions(customers):
    return target_scaler.inverse_transform(model.predict(input_scaler.transform(customers), verbose=0))

# %% record
def first_below(record, limit):
    return [value < limit for value in record["val_loss"]]

# %% classifier
classifier = keras.Sequential([keras.Input((8,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(1, "softmax")])
classifier.compile("adam", "mse")
classifier.fit(Z, group, epochs=1, batch_size=500, verbose=0)

# %% names
def to_names(probability, names):
    print([names[column] for column in probability.argmax(axis=1)])
