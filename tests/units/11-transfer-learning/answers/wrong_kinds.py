"""Squares the errors, returns models where numbers are asked and histories where models are; trains the model it was given.

Loses: mean-error, baselines, ridge, scratch, frozen, count, tuned, spread, rule, predict
"""

# %% mean-error
def mean_error(y, predicted):
    return 100 * np.sqrt(np.mean((np.ravel(predicted) - y) ** 2))

# %% baselines
guess = np.mean(np.abs(y_val - y_few.mean()))
as_is = np.mean(np.abs(load_south().predict(X_val, verbose=0).ravel() - y_val))

# %% ridge
def ridge_values(X, y, X_new):
    return Ridge(alpha=1.0).fit(X, y)

# %% scratch
def from_scratch(X, y):
    model = build()
    model.compile("adam", "mse")
    return model.fit(X, y, epochs=2, batch_size=8, verbose=0)

# %% frozen
def frozen_copy(model):
    twin = keras.models.clone_model(model)
    for layer in twin.layers[:-1]:
        layer.trainable = False
    copy = keras.Sequential([keras.Input(model.input_shape[1:]), *twin.layers[:-1], keras.layers.Dense(1)])
    copy.compile(keras.optimizers.Adam(0.01), "mse")
    return copy


original = load_south()
headed = frozen_copy(original)
headed_history = headed.fit(X_few, y_few, batch_size=8, epochs=30, verbose=0)

# %% count
def count_weights(model):
    return model.count_params(), model.count_params()

# %% tuned
def fine_tuned(model, X, y):
    for layer in model.layers:
        layer.trainable = True
    model.compile(keras.optimizers.Adam(0.0001), "mse")
    model.fit(X, y, epochs=15, batch_size=max(8, len(X) // 40), verbose=0)
    return model


home = load_south()
home.layers[0].trainable = False
tuned = fine_tuned(home, X_few, y_few)

# %% spread
def spread(runs):
    return runs.groupby("way")["error"].agg(mean="mean", lowest="min", highest="max").reset_index()

# %% rule
def no_longer_pays(rows, transfer, scratch, margin):
    answer = None
    for place in range(len(rows) - 1, -1, -1):
        if scratch[place] - transfer[place] > margin:
            break
        answer = place
    return answer

# %% predict
def values_of(X_raw):
    return np.ravel(load_south().predict(X_raw, verbose=0))
