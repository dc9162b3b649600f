"""Right in kind and wrong in one setting: signs, rates, epochs, an old head, no biases, never None.

Loses: mean-error, baselines, ridge, scratch, frozen, count, tuned, spread, rule, predict
"""

# %% mean-error
def mean_error(y, predicted):
    return 100 * abs(np.mean(np.ravel(predicted) - np.ravel(y)))

# %% baselines
guess = 100 * np.mean(np.abs(y_val - y_south.mean()))
as_is = 100 * np.mean(np.abs(load_south().predict(X_val, verbose=0).ravel() - y_val))

# %% ridge
def ridge_values(X, y, X_new):
    return Ridge(alpha=10).fit(X, y).predict(X_new)

# %% scratch
def from_scratch(X, y):
    model = build()
    model.compile(keras.optimizers.Adam(1e-5), "mse")
    model.fit(X, y, epochs=15, batch_size=max(8, len(X) // 40), verbose=0)
    return model

# %% frozen
def frozen_copy(model):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    for layer in copy.layers[:-1]:
        layer.trainable = False
    copy.compile(keras.optimizers.Adam(0.01), "mse")
    return copy


original = load_south()
headed = frozen_copy(original)
headed_history = headed.fit(X_few, y_few, batch_size=8, epochs=30, verbose=0)

# %% count
def count_weights(model):
    kernels = [layer.kernel for layer in model.layers if layer.trainable]
    frozen = [layer.kernel for layer in model.layers if not layer.trainable]
    return sum(int(np.prod(w.shape)) for w in kernels), sum(int(np.prod(w.shape)) for w in frozen)

# %% tuned
def fine_tuned(model, X, y):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        layer.trainable = True
    copy.compile(keras.optimizers.Adam(1e-6), "mse")
    copy.fit(X, y, epochs=15, batch_size=max(8, len(X) // 40), verbose=0)
    return copy


home = load_south()
home.layers[0].trainable = False
tuned = fine_tuned(home, X_few, y_few)

# %% spread
def spread(runs):
    groups = runs.groupby(["rows", "way"])["error"]
    frame = pd.DataFrame({"mean": groups.mean(), "lowest": groups.first(), "highest": groups.last()})
    return frame.reset_index()

# %% rule
def no_longer_pays(rows, transfer, scratch, margin):
    answer = rows[-1]
    for n, t, s in list(zip(rows, transfer, scratch))[::-1]:
        if s - t > margin:
            return answer
        answer = n
    return answer

# %% predict
quick = from_scratch(X_few, y_few)


def values_of(X_raw):
    return np.ravel(quick.predict(scaler.transform(take_logs(X_raw)), verbose=0))
