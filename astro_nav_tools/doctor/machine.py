"""Checks of the machine: folders that must be writable, space, processors, display."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from astro_nav_tools.doctor.finding import Finding, broken, ok, warning
from astro_nav_tools.installation import SOURCE_ROOT

_MEBI = 1 << 20


def numba_cache() -> Finding:
    """Compiled kernels are kept, so that nodes start fast."""
    from astro_nav_common.jit import kernel

    folder = os.environ.get("NUMBA_CACHE_DIR", "")
    if folder.startswith(tempfile.gettempdir()):
        return warning(
            f"kernels are compiled anew after each boot: their cache is {folder}",
            "set NUMBA_CACHE_DIR to a folder that stays",
        )
    try:
        kernel(_nothing)()
    except RuntimeError as error:
        return broken(f"numba cannot keep compiled kernels: {error}", "set NUMBA_CACHE_DIR to a writable folder")
    return ok(f"compiled kernels are kept{f' in {folder}' if folder else ''}")


def home() -> Finding:
    """ROS logs go to the home directory unless told otherwise."""
    logs = Path(os.environ.get("ROS_LOG_DIR") or Path.home() / ".ros" / "log")
    place = next(folder for folder in (logs, *logs.parents) if folder.exists())
    if os.access(place, os.W_OK):
        return ok(f"logs go to {logs}")
    return warning(
        f"{logs} is not writable: nodes log to {tempfile.gettempdir()}", "set ROS_LOG_DIR to a writable folder"
    )


def shared_memory() -> Finding:
    """Fast DDS hands messages over in /dev/shm."""
    folder = Path("/dev/shm")
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return warning(
            "/dev/shm is not writable: messages go over UDP, which is slower for maps", "mount a tmpfs on /dev/shm"
        )
    free = shutil.disk_usage(folder).free // _MEBI
    left = len(list(folder.glob("fastrtps_*"))) + len(list(folder.glob("sem.fastrtps_*")))
    if free < 32:
        return warning(
            f"/dev/shm has only {free} MiB left ({left} files of Fast DDS)",
            "end ROS programs, then run `fastdds shm clean`",
        )
    return ok(f"/dev/shm has {free} MiB free")


def disk() -> Finding:
    """Environment and recordings need space."""
    free = shutil.disk_usage(SOURCE_ROOT).free // _MEBI
    if free < 500:
        return warning(
            f"{free} MiB left on the disk of {SOURCE_ROOT}",
            "make room: the environment takes 1 GiB, a recorded tour about 10 MiB",
        )
    return ok(f"{free // 1024} GiB free")


def processors() -> Finding:
    """The budgets are for two cores."""
    count = len(os.sched_getaffinity(0))
    if count < 2:
        return warning("one processor: simulator and planners will miss deadlines", "use a machine with two or more")
    return ok(f"{count} processors")


def display() -> Finding:
    """rviz2 is optional."""
    if shutil.which("rviz2") is None:
        return ok("rviz2 is not installed: demos run headless; open drive.mcap in Foxglove")
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return warning("no display: rviz2 cannot be shown", "use --headless, or set DISPLAY")
    return ok("rviz2 and a display")


def _nothing() -> int:
    return 0
