"""Works for the network and the rows at hand only; leaves frozen layers frozen; swaps and rescales.

Loses: mean-error, baselines, ridge, scratch, frozen, count, tuned, spread, rule, predict
"""

# %% mean-error
def mean_error(y, predicted):
    print(100 * np.mean(np.abs(np.ravel(predicted) - np.ravel(y))))

# %% baselines
as_is = 100 * np.mean(np.abs(y_val - y_few.mean()))
guess = 100 * np.mean(np.abs(load_south().predict(X_val, verbose=0).ravel() - y_val))

# %% ridge
def ridge_values(X, y, X_new):
    return Ridge(alpha=1.0).fit(X_few, y_few).predict(X_new)

# %% scratch
def from_scratch(X, y):
    model = build()
    model.compile("adam", "mse")
    model.fit(X_few, y_few, epochs=15, batch_size=8, verbose=0)
    return model

# %% frozen
def frozen_copy(model):
    copy = load_south()
    for layer in copy.layers[:2]:
        layer.trainable = False
    copy = keras.Sequential([*copy.layers[:2], keras.layers.Dense(1)])
    copy.compile(keras.optimizers.Adam(0.01), "mse")
    return copy


original = load_south()
headed = frozen_copy(original)
headed_history = headed.fit(X_few, y_few, batch_size=8, epochs=30, verbose=0)

# %% count
def count_weights(model):
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    frozen = sum(int(np.prod(w.shape)) for w in model.non_trainable_weights)
    return frozen, trainable

# %% tuned
def fine_tuned(model, X, y):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    copy.compile(keras.optimizers.Adam(0.0001), "mse")
    copy.fit(X, y, epochs=15, batch_size=max(8, len(X) // 40), verbose=0)
    return copy


home = load_south()
home.layers[0].trainable = False
tuned = fine_tuned(home, X_few, y_few)

# %% spread
def spread(runs):
    first = runs[runs["draw"] < 2]
    groups = first.groupby(["rows", "way"])["error"]
    return groups.agg(mean="mean", lowest="min", highest="max").reset_index()

# %% rule
def no_longer_pays(rows, transfer, scratch, margin):
    answer = None
    for n, t, s in list(zip(rows, transfer, scratch))[::-1]:
        if s - t >= margin:
            break
        answer = n
    return answer

# %% predict
def values_of(X_raw):
    return 100 * load_south().predict(scaler.transform(take_logs(X_raw)), verbose=0).ravel()
