"""Reads where there is nothing.

Outcome: crashed
"""

import ctypes

ctypes.string_at(0)
