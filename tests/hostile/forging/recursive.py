"""Answers with lists and dictionaries that hold themselves, and some that are very deep.

Without the judge: none
Outcome: partial or not attempted or suspicious
"""
loop = []
loop.append(loop)
deep = 0
for _ in range(5000):
    deep = [deep]
around = {}
around["n"] = around

# %% total
total = loop

# %% double
def double(x):
    return deep

# %% table
table = around
