"""After the warm-up nothing is compiled any more: one late kernel costs several cycles."""

from __future__ import annotations

import subprocess
import sys

# in a process of its own: other tests compile what this one must see compiled in time
SCRIPT = """
import sys
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.stack import full_stack, warm_up
from astro_nav_sim.worlds import load_world

def compiled():
    found = {}
    for name, module in list(sys.modules.items()):
        if name.startswith(("astro_nav_common", "astro_nav_global", "astro_nav_local", "astro_nav_reactive")):
            for value in vars(module).values():
                if hasattr(value, "signatures") and hasattr(value, "py_func"):
                    found[f"{value.py_func.__module__}.{value.py_func.__name__}"] = [str(s) for s in value.signatures]
    return found

robot = load_sim_robot("astro")
loop = full_stack(load_world("home"), robot, seed=0)
warm_up(robot)
before = compiled()
result = loop.run(load_world("home").goals[:2])
late = {name: new for name, signatures in compiled().items() if (new := set(signatures) - set(before.get(name, ())))}
assert result.success, result.reason
assert len(before) > 20
assert not late, late
"""


def test_a_drive_compiles_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
