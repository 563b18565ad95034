"""Cycle after cycle the planner lives on the memory it has."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

# in a process of its own, traced from its beginning: what was there before could be freed, and made again, unseen
SCRIPT = """
import gc, json, tracemalloc
from scenes import Drive, passers_by, straight_guidance
from astro_nav_common.robot import load_robot

walls = [(-2.0, 1.5, 60.0, 1.5), (-2.0, -1.5, 60.0, -1.5), (4.0, -1.5, 4.0, 0.2), (8.0, -0.2, 8.0, 1.5)]
drive = Drive(load_robot("astro"), walls)
drive.planner.set_guidance(straight_guidance(60.0))

def run(cycles):
    for _ in range(cycles):
        drive.planner.set_obstacles(passers_by(5, drive.state.t, drive.state.x, drive.state.y))
        drive.cycle()
    gc.collect()

run(150)  # until histories, and Python's stores of small objects, are as large as they get
before, _ = tracemalloc.get_traced_memory()
tracemalloc.reset_peak()
run(200)
after, peak = tracemalloc.get_traced_memory()
print(json.dumps({"x": drive.state.x, "left": after - before, "for_a_while": peak - before}))
"""
#: Bytes that a cycle may need for a while (trajectory, costs, predictions), and that 200 cycles may leave: not even an array each.
FOR_A_WHILE, LEFT = 250_000, 20_000


def test_two_hundred_cycles_leave_nothing_and_need_little() -> None:
    command = [sys.executable, "-X", "tracemalloc", "-c", SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, cwd=Path(__file__).parent)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["x"] > 10.0  # it was under way
    assert found["left"] < LEFT
    assert found["for_a_while"] < FOR_A_WHILE
