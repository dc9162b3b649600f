"""Ends its process without a word.

Outcome: crashed
"""

import os

os._exit(0)
