"""Scheduling of a process that must be in time on a machine that is busy."""

from __future__ import annotations

import os
from pathlib import Path


def use_realtime(priority: int) -> str:
    """Put all threads of this process, those of the middleware too, under the real-time scheduler; a sentence if that is not allowed.

    Args:
        priority: 1 (before everything that is not real-time) to 99; 0: leave everything as it is.
    """
    if priority == 0:
        return ""
    if not hasattr(os, "sched_setscheduler"):
        return "this system has no real-time scheduler"
    try:
        for thread in Path("/proc/self/task").iterdir():
            os.sched_setscheduler(int(thread.name), os.SCHED_FIFO, os.sched_param(priority))
    except OSError as error:
        return f"no real-time priority {priority}: {error.strerror} (see `ulimit -r`)"
    return ""
