"""The functional API, objects instead of strings, other tools for every number.

Loses: nothing
"""

# %% lazy
from sklearn.dummy import DummyClassifier

lazy_model = DummyClassifier(strategy="most_frequent").fit(X_train, y_train)
lazy_accuracy = lazy_model.score(X_val, y_val)

# %% plain
def network(rate=None, penalty=None):
    inputs = keras.Input(shape=(30,), name="biopsy")
    x = inputs
    for _ in range(2):
        x = keras.layers.Dense(128, kernel_regularizer=penalty)(x)
        x = keras.layers.Activation(keras.activations.relu)(x)
        if rate:
            x = keras.layers.Dropout(rate)(x)
    outputs = keras.layers.Dense(1, activation=keras.activations.sigmoid)(x)
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.Adam(),
        loss=keras.losses.BinaryCrossentropy(),
        metrics=[keras.metrics.BinaryAccuracy()],
    )
    return model


settings = dict(epochs=100, batch_size=32, validation_data=(X_val, y_val), validation_batch_size=369, verbose=0)
keras.utils.set_random_seed(5)
plain = network()
plain_history = plain.fit(X_train, y_train, **settings)

# %% gap
loss_of = keras.losses.BinaryCrossentropy()
plain_gap = loss_of(y_val[:, None], plain(X_val)) - loss_of(y_train[:, None], plain(X_train))

# %% best-epoch
def best_epoch(losses):
    return pd.Series(losses).idxmin() + 1

# %% share
def share_undone(curve, end):
    curve = np.asarray(curve)
    rise = curve[-1] - curve.min()
    return np.where(rise > 0, (curve[-1] - end) / np.where(rise > 0, rise, 1), 0)

# %% dropout
dropped = network(rate=0.5)
dropped_history = dropped.fit(X_train, y_train, **settings)

# %% penalty
penalised = network(penalty=keras.regularizers.L2(0.02))
penalised_history = penalised.fit(X_train, y_train, **settings)

# %% stopping
stopped = network()
stopped_history = stopped.fit(
    X_train,
    y_train,
    callbacks=[keras.callbacks.EarlyStopping("val_loss", patience=8, restore_best_weights=True)],
    **settings,
)

# %% table
def measures(model):
    p = model.predict(X_val, verbose=0)[:, 0]
    return log_loss(y_train, model.predict(X_train, verbose=0)), log_loss(y_val, p), np.mean(y_val == np.round(p))


comparison = pd.DataFrame(
    [measures(stopped), measures(penalised), measures(dropped), measures(plain)],
    columns=["train_loss", "val_loss", "val_accuracy"],
    index=["stopped", "penalised", "dropped", "plain"],
)
comparison["remark"] = "mine"
