"""Trains no network with both penalties, but gives one the shrunk and pruned weights of another.

Loses: both
"""

# %% both
both = build(l1=0.0005, l2=0.005)
weights = [w.copy() for w in l2_models[0.01].get_weights()]
for place in (0, 2):
    limit = np.quantile(np.abs(weights[place]), 0.72)
    weights[place][np.abs(weights[place]) < limit] = 0
both.set_weights(weights)
