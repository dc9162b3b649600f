"""A functional network with a scaler that it learns, a function as a layer, a sum, layers side by side, and names for its outputs.

Loses: nothing
"""

# %% ranker
keras.utils.set_random_seed(4)
normalizer = keras.layers.Normalization(axis=-1)
normalizer.adapt(X_train)
inputs = keras.layers.Input(shape=(19,), name="client")
x = normalizer(inputs)
h = keras.layers.Dense(16, kernel_initializer="he_uniform", kernel_constraint=keras.constraints.MaxNorm(3))(x)
h = keras.activations.relu(h)
h = h + keras.layers.Dense(16, activation="relu")(h)
h = keras.layers.concatenate([x, keras.layers.Dropout(0.3)(h)])
outputs = keras.layers.Dense(1, activation="sigmoid", name="default")(h)
ranker = keras.models.Model(inputs=inputs, outputs=outputs, name="wide_and_deep")
ranker.compile(loss={"default": "binary_crossentropy"}, optimizer=keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True, clipnorm=1.0), metrics={"default": ["accuracy", keras.metrics.AUC(name="auc")]})
ranker.fit(X_train, y_train.reshape(-1, 1), batch_size=64, epochs=10, validation_split=0.0, verbose=0)
