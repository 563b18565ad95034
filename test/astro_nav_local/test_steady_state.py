"""Cycle after cycle the planner lives on the memory it has."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

# in a process of its own: what was there before could be freed, and made again, unseen. The memory of the process is counted, because
# tracemalloc knows nothing of what kernels and their libraries take.
SCRIPT = """
import gc, json
from pathlib import Path
from scenes import Drive, passers_by, straight_guidance
from astro_nav_common.robot import load_robot

walls = [(-2.0, 1.5, 60.0, 1.5), (-2.0, -1.5, 60.0, -1.5), (4.0, -1.5, 4.0, 0.2), (8.0, -0.2, 8.0, 1.5)]
drive = Drive(load_robot("astro"), walls)
drive.planner.set_guidance(straight_guidance(60.0))

def resident():
    status = Path("/proc/self/status").read_text()  # not what is mapped from files, which comes and goes
    return 1024 * int(status.partition("RssAnon:")[2].split()[0])

def run(cycles):
    for _ in range(cycles):
        drive.planner.set_obstacles(passers_by(5, drive.state.t, drive.state.x, drive.state.y))
        drive.cycle()
    gc.collect()

run(150)  # until histories, and Python's stores of small objects, are as large as they get
before = resident()
run(200)
print(json.dumps({"x": drive.state.x, "left": resident() - before}))
"""
#: Bytes that 200 cycles may leave: a fragment of the heap, but not an array each.
LEFT = 1_000_000


def test_two_hundred_cycles_leave_nothing() -> None:
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, cwd=Path(__file__).parent)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["x"] > 10.0  # it was under way
    assert found["left"] < LEFT
