"""The functional API, a regularizer for each kind, other tools for every number.

Loses: nothing
"""

# %% majority
from sklearn.dummy import DummyClassifier

majority_accuracy = DummyClassifier(strategy="prior").fit(X_train, y_train).score(X_val, y_val)

# %% penalty
def penalty(kernels, l1=0, l2=0):
    w = np.hstack([k.flatten() for k in kernels])
    return l1 * np.linalg.norm(w, 1) + l2 * w @ w

# %% near-zero
def share_near_zero(kernels, limit):
    near = total = 0
    for kernel in kernels:
        for w in kernel.flat:
            near += -limit < w < limit
            total += 1
    return near / total

# %% build
def build(l1=0.0, l2=0.0):
    x = inputs = keras.Input(shape=(10,), name="pattern")
    for _ in range(2):
        x = keras.layers.Dense(64, kernel_regularizer=keras.regularizers.L1L2(l1, l2))(x)
        x = keras.layers.ReLU()(x)
    outputs = keras.layers.Dense(1, activation=keras.activations.sigmoid)(x)
    model = keras.Model(inputs, outputs)
    model.compile(
        loss=keras.losses.BinaryCrossentropy(),
        optimizer=keras.optimizers.Adam(learning_rate=5e-3),
        metrics=[keras.metrics.BinaryAccuracy(), keras.metrics.BinaryCrossentropy()],
    )
    return model

# %% plain
keras.utils.set_random_seed(11)
plain = build(0, 0)
plain_history = train(plain)

# %% l2
l2_models = {s: build(0, s) for s in (0.5, 0.01, 0.001)}
l2_histories = {s: train(model) for s, model in l2_models.items()}

# %% l1
def network(strength):
    layers = [keras.Input((10,))]
    for width in (64, 64):
        layers.append(keras.layers.Dense(width, "relu", kernel_regularizer=keras.regularizers.L1(strength)))
    model = keras.Sequential([*layers, keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.005), "binary_crossentropy")
    model.fit(X_train, y_train, batch_size=100, epochs=30, verbose=0)
    return model


l1_models = {1e-4: network(1e-4), 1e-3: network(1e-3), 1e-1: network(1e-1)}

# %% both
both = build(l1=0.001, l2=0.001)
train(both)

# %% collapsed
def has_collapsed(p):
    return len(np.unique(np.ravel(p) > 0.5)) == 1

# %% table
def measures(model):
    p = model.predict(X_val, verbose=0)[:, 0]
    near = np.mean([np.abs(w) < 0.01 for kernel in hidden_kernels(model) for w in kernel.ravel()])
    return near, np.mean((p > 0.5) == y_val), log_loss(y_val, p), log_loss(y_train, model.predict(X_train, verbose=0))


everything = {"both": both, "plain": plain}
for kind, found in [("L1", l1_models), ("L2", l2_models)]:
    for strength in sorted(found, reverse=True):
        everything[f"{kind} {strength}"] = found[strength]
comparison = pd.DataFrame(
    [measures(model) for model in everything.values()],
    columns=["near_zero", "val_accuracy", "val_loss", "train_loss"],
    index=list(everything),
)
comparison["remark"] = "mine"
