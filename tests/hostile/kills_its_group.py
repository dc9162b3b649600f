"""Sends SIGKILL to its process group and session, whatever they are.

Outcome: crashed
"""

import os
import signal

os.killpg(0, signal.SIGKILL)
