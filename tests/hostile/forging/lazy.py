"""Answers with things that are computed only when somebody looks: generators, properties, endless iterators.

Without the judge: none
Outcome: partial or not attempted or suspicious
"""
import itertools

# %% total
total = iter(itertools.count())

# %% double
def double(x):
    return (2 * x + 3 for _ in range(1))

# %% ordered
def ordered(values):
    return map(float, itertools.count())

# %% table
table = type('Table', (), {'columns': property(lambda self: ['n', 'square']), '__len__': lambda self: 3})()
