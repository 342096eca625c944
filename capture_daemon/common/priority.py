"""Threads that step back behind what is captured."""

from __future__ import annotations

import os
import sys
import threading

NICENESS = 10
"""How much such a thread steps back, 1 to 19."""


def step_back() -> None:
    """Lower the priority of the calling thread. Only Linux knows one for threads."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
