"""The other label's share, one sum for both strengths, arrays of one size only, one of the two cases of a collapse.

Loses: majority, penalty, near-zero, collapsed
"""

# %% majority
majority_accuracy = np.mean(y_val == 1)

# %% penalty
def penalty(kernels, l1=0.0, l2=0.0):
    return (l1 + l2) * sum(np.abs(kernel).sum() for kernel in kernels)

# %% near-zero
def share_near_zero(kernels, limit):
    return np.mean([np.abs(kernel.ravel()[:4]) < limit for kernel in kernels])

# %% collapsed
def has_collapsed(p):
    return bool((np.asarray(p) <= 0.5).all())
