"""Loops for ever and does not listen to an interrupt.

Outcome: timed out
"""

import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    pass
