"""Trains on the test trees too and changes the network afterwards; trains on the validation trees and stops by the test trees.

Loses: full, stopped
"""

# %% full
full = build()
X_all, y_all = np.concatenate([X_train, X_test]), np.concatenate([y_train, y_test])
full_history = full.fit(X_all, y_all, epochs=100, batch_size=96, validation_data=(X_val, y_val), validation_batch_size=1000, verbose=0)
full.set_weights([0.5 * weights for weights in full.get_weights()])

# %% stopped
stopped = build()
stopping = keras.callbacks.EarlyStopping(min_delta=0.001, patience=20, restore_best_weights=True)
stopped_history = stopped.fit(
    X_val, y_val, epochs=499, batch_size=32, validation_data=(X_test, y_test), validation_batch_size=2000, callbacks=[stopping], verbose=0
)
