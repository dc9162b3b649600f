"""A wrong `child_slopes` costs its own question only, not the table that uses it.

Loses: slopes
"""

# %% slopes
def child_slopes(children, accounts, values):
    return tuple(np.polyfit(children[g], values[g], 1)[0] for g in (accounts <= 2, accounts > 4))
