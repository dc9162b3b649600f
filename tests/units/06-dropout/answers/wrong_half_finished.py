"""Answers the first five questions and hands the rest in as it came.

Loses: both, mixed, clean, table, hurting
"""

# %% both
keras.utils.set_random_seed(1)
# YOUR CODE HERE
raise NotImplementedError("not answered yet")

# %% mixed
keras.utils.set_random_seed(1)
# YOUR CODE HERE
raise NotImplementedError("not answered yet")

# %% clean
# YOUR CODE HERE
raise NotImplementedError("not answered yet")

# %% table
# YOUR CODE HERE
raise NotImplementedError("not answered yet")

# %% hurting
keras.utils.set_random_seed(1)
# YOUR CODE HERE
raise NotImplementedError("not answered yet")
