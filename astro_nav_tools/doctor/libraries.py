"""Checks of Python and of the libraries that the stack imports."""

from __future__ import annotations

import importlib
import platform
import sys

from astro_nav_tools.doctor.finding import OK, Finding, broken, ok, warning

#: oldest and newest Python that the ROS wheels are built for
PYTHONS = ((3, 10), (3, 13))
LIBRARIES = ("numpy", "scipy", "numba", "yaml", "PIL", "matplotlib", "mujoco", "mcap", "mcap_ros2", "rich", "typer")
ROS = (
    "rclpy", "action_msgs.msg", "diagnostic_msgs.msg", "geometry_msgs.msg", "lifecycle_msgs.msg", "nav_msgs.msg",
    "rosgraph_msgs.msg", "sensor_msgs.msg", "std_msgs.msg", "visualization_msgs.msg",
)  # fmt: skip
#: built here, or from apt where ROS is installed
INTERFACES = (
    "astro_nav_msgs.msg:GuardState", "nav2_msgs.action:NavigateToPose", "tf2_msgs.msg:TFMessage", "map_msgs.msg:OccupancyGridUpdate",
)  # fmt: skip
STAND_INS = ("tf2_ros:Buffer", "tf_transformations:quaternion_from_euler")
_SETUP = "run `make setup` in the source tree, and use .venv/bin/astro-nav"


def python_version() -> Finding:
    """Python and machine."""
    version, machine = platform.python_version(), platform.machine()
    low, high = (".".join(map(str, bound)) for bound in PYTHONS)
    if not PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        return broken(
            f"Python {version}", f"install Python {low} to {high}, then `make clean setup PYTHON=python{high}`"
        )
    if machine != "x86_64" and _failure("rclpy"):
        return broken(
            f"Python {version} on {machine}: ROS wheels exist for x86-64 only",
            "install ROS 2 Jazzy from apt and source it",
        )
    return ok(f"Python {version}, {machine}")


def libraries() -> Finding:
    """Libraries from PyPI."""
    found = _all_import(LIBRARIES, _SETUP)
    if found.level == OK:
        from astro_nav_common.jit import NUMBA, OLDEST_NUMBA  # only if there is numba

        if NUMBA < OLDEST_NUMBA:
            version, oldest = (".".join(map(str, number)) for number in (NUMBA, OLDEST_NUMBA))
            return warning(f"numba {version} loses memory in each planning cycle", f"pip install 'numba>={oldest}'")
    return found


def ros() -> Finding:
    """rclpy and the common interfaces."""
    return _all_import(ROS, _SETUP + ", or source a ROS 2 Jazzy installation")


def interfaces() -> Finding:
    """The project's own interfaces, and Nav2's and tf2's."""
    return _all_import(
        INTERFACES,
        "run `make setup`, which builds them (on a ROS installation: `colcon build`, then source install/setup.bash)",
    )


def transforms() -> Finding:
    """tf2_ros and tf_transformations: real or stand-in."""
    return _all_import(
        STAND_INS,
        "run `make setup` (on a ROS installation: `apt install ros-jazzy-tf2-ros-py ros-jazzy-tf-transformations`)",
    )


def _all_import(names: tuple[str, ...], remedy: str) -> Finding:
    failures = {name: reason for name in names if (reason := _failure(name))}
    if failures:
        name, reason = next(iter(failures.items()))
        return broken(f"{', '.join(failures)} cannot be imported ({name}: {reason})", remedy)
    return ok(", ".join(name.partition(".")[0] for name in names))


def _failure(name: str) -> str:
    """Why a module, or "module:attribute", cannot be had; empty if it can. (A folder of sources imports like an empty module.)"""
    module, _, attribute = name.partition(":")
    try:
        imported = importlib.import_module(module)
        if attribute:
            getattr(imported, attribute)
    except Exception as error:  # a broken binary module may raise anything; whatever it is goes into the report
        return (str(error).strip().splitlines() or [type(error).__name__])[0]
    return ""
