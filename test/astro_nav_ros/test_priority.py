"""The real-time scheduler, where it is allowed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from astro_nav_ros.priority import use_realtime

CODE = """
import os, threading, time
from astro_nav_ros.priority import use_realtime
threading.Thread(target=time.sleep, args=(1.0,), daemon=True).start()
told = use_realtime(10)
kinds = {os.sched_getscheduler(int(t)) for t in os.listdir("/proc/self/task")}
print(bool(told), kinds == {os.SCHED_FIFO}, kinds == {os.SCHED_OTHER})
"""


def test_zero_changes_nothing() -> None:
    before = os.sched_getscheduler(0)
    assert use_realtime(0) == ""
    assert os.sched_getscheduler(0) == before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="real-time scheduling as Linux has it")
def test_all_threads_are_put_under_it_or_it_is_told_that_they_are_not() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, timeout=60.0)
    assert done.stdout.split() in (["False", "True", "False"], ["True", "False", "True"])
