"""The variables that ROS 2 needs, set whenever this virtual environment's Python starts.

Installed into the environment's site-packages and run from a `.pth` file, so `.venv/bin/python` alone is enough:
nothing has to be sourced. The dynamic linker reads `LD_LIBRARY_PATH` only once, at the start of a process, so Python
is started a second time; children inherit the variables and start once.
"""

from __future__ import annotations

import glob
import os
import sys

MARK = "ASTRO_NAV_ENVIRONMENT"  # holds the prefix whose variables are set


def variables(prefix: str) -> dict[str, str]:
    """The variables for the environment at `prefix`."""
    interfaces = os.path.join(prefix, "interfaces")
    libraries = [os.path.join(interfaces, "lib"), os.path.join(prefix, "lib")]
    libraries += sorted(glob.glob(os.path.join(prefix, "lib", "python3*", "site-packages", "ros_*.libs")))
    values = {
        MARK: prefix,
        "AMENT_PREFIX_PATH": interfaces + os.pathsep + prefix,
        "CMAKE_PREFIX_PATH": interfaces + os.pathsep + prefix,
        "LD_LIBRARY_PATH": os.pathsep.join(libraries),
        "ROS_DISTRO": "jazzy",
        "ROS_VERSION": "2",
        "ROS_PYTHON_VERSION": "3",
        "RMW_IMPLEMENTATION": "rmw_fastrtps_cpp",
    }
    # Both default to the home directory, which may be read-only.
    values["ROS_LOG_DIR"] = os.environ.get("ROS_LOG_DIR") or os.path.join(prefix, "log", "ros")
    values["MPLCONFIGDIR"] = os.environ.get("MPLCONFIGDIR") or os.path.join(prefix, "matplotlib")
    python_path = without_other_ros(os.environ.get("PYTHONPATH", ""), os.environ.get("AMENT_PREFIX_PATH", ""))
    if python_path or "PYTHONPATH" in os.environ:
        values["PYTHONPATH"] = python_path
    return values


def without_other_ros(python_path: str, ament_prefix_path: str) -> str:
    """`PYTHONPATH` without the folders of a sourced ROS: its compiled modules need its own libraries."""
    others = [prefix.rstrip("/") + "/" for prefix in ament_prefix_path.split(os.pathsep) if prefix]
    entries = [e for e in python_path.split(os.pathsep) if e and not any((e + "/").startswith(o) for o in others)]
    return os.pathsep.join(entries)


def start() -> None:
    """Set the variables and start this process again, unless they are set already."""
    if os.environ.get(MARK) == sys.prefix or not sys.executable:
        return
    os.environ.update(variables(sys.prefix))
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
