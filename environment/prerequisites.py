"""What must be on the machine before anything is built, and the command that brings what is missing."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
import sysconfig
from pathlib import Path

from environment.steps import SetUpError

OLDEST, NEWEST = (3, 10), (3, 13)


def missing() -> list[str]:
    """One line for each thing that is missing: what, and how to get it."""
    problems = []
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        problems.append(f"Python 3.10 to 3.13 is needed, this is {version}: make setup PYTHON=python3.12")
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        problems.append(
            f"the ROS 2 wheels exist for x86-64 Linux only, this is {platform.machine()} {sys.platform}: "
            "install ROS 2 Jazzy (docs.ros.org) and build with `colcon build`"
        )
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        problems.append(f"Python's venv module: {apt('python3-venv', f'python{version}-venv')}")
    if not Path(sysconfig.get_path("include"), "Python.h").is_file():
        problems.append(f"Python's C headers: {apt('python3-dev', f'python{version}-dev')}")
    if not compiler():
        problems.append(f"a C++ compiler: {apt('g++', 'gcc-c++')}")
    return problems


def compiler() -> bool:
    """Whether CMake will find a C and a C++ compiler."""
    c = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
    cpp = os.environ.get("CXX") or shutil.which("c++") or shutil.which("g++")
    return bool(c and cpp)


def apt(package: str, exact: str) -> str:
    """The command that installs a package, on Debian and Ubuntu; elsewhere its usual name."""
    if not shutil.which("apt-get"):
        return f"install it with your package manager (often called {exact})"
    system_python = sys.base_prefix == "/usr"
    command = f"apt install {exact if exact.startswith('python') and not system_python else package}"
    return command if os.geteuid() == 0 else f"sudo {command}"


def check() -> None:
    """
    Raises:
        SetUpError: Something is missing; the message names all of it.
    """
    problems = missing()
    if problems:
        raise SetUpError("this machine lacks something that set-up needs:\n" + "\n".join(f"  - {p}" for p in problems))
