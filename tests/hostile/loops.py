"""Loops for ever.

Outcome: timed out
"""

while True:
    pass
