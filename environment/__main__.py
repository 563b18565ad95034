"""`python3 -m environment`: make `.venv`, or bring it up to date. Safe to repeat, to interrupt and to run twice at once.

With `--dry-run` it only says what there is to do.
"""

from __future__ import annotations

import fcntl
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from environment import activation, interfaces, prerequisites, wheels
from environment.paths import FOLDER, PYTHON_LOCK, REPOSITORY, ROS_LOCK, VENV
from environment.steps import SetUpError, Step, digest


def interpreter() -> str:
    """What must stay the same for an environment to stay usable: this Python, and the place."""
    return f"{sys.version} {sys.base_prefix} {VENV}"


def venv_step() -> Step:
    return Step("venv", f"virtual environment with Python {sys.version.split()[0]}",
                digest(interpreter(), ROS_LOCK), wheels.make_venv)  # fmt: skip


def ros_steps() -> Iterator[Step]:
    """One after the other; each is made when the one before is done, as it looks at the result."""
    ros = digest(ROS_LOCK, FOLDER / "wheels.py")
    yield Step("ros", f"ROS 2 Jazzy and build tools ({count(ROS_LOCK)} wheels)", ros,
               lambda interrupted: wheels.install(ROS_LOCK, interrupted))  # fmt: skip
    yield Step("cmake", "include folders in the wheels' CMake files", ros, lambda _: wheels.mend_cmake_files())
    names = ", ".join(interfaces.packages())
    yield Step("interfaces", f"interface packages: {names}", interfaces.all_inputs(), interfaces.build)


def python_step() -> Step:
    return Step("python", f"Python libraries and tools ({count(PYTHON_LOCK)} wheels)", digest(PYTHON_LOCK),
                lambda interrupted: wheels.install(PYTHON_LOCK, interrupted))  # fmt: skip


def activation_step() -> Step:
    return Step("activation", "commands and import paths", activation.inputs(), activation.activate)


def pending() -> list[Step]:
    """What a set-up would do now."""
    return [step for step in (venv_step(), *ros_steps(), python_step(), activation_step()) if not step.done()]


def count(lock: Path) -> int:
    return sum("==" in line for line in lock.read_text().splitlines())


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other set-up of this repository runs."""
    with (REPOSITORY / ".set-up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("set-up: waiting for another one of this folder to finish", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up() -> None:
    began = time.monotonic()
    if not venv_step().done():
        prerequisites.check()
    venv_step().run()
    with ThreadPoolExecutor(max_workers=1) as other:  # the libraries download while the interfaces compile
        libraries = other.submit(python_step().run)
        for step in ros_steps():
            step.run()
        libraries.result()
    activation_step().run()
    seconds = time.monotonic() - began
    if seconds > 2:
        print(f"set-up: ready after {seconds:.0f} s", flush=True)


def main() -> int:
    try:
        if "--dry-run" in sys.argv[1:]:
            for step in pending():
                print(f"set-up: {step.title}")
        elif pending():
            with alone():
                set_up()
    except SetUpError as error:
        print(f"set-up failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("set-up interrupted; `make setup` goes on where it stopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
