"""Sends a picture of 300 MB in one message.

Outcome: output flood or crashed or timed out
"""

from IPython.display import display

display({"text/plain": "x" * 300_000_000}, raw=True)
