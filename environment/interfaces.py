"""The interface packages that are built here: the project's own, and stand-ins for those that PyPI lacks."""

from __future__ import annotations

import os
import shutil
import xml.etree.ElementTree as ElementTree
from functools import cache
from pathlib import Path

from environment import startup
from environment.paths import FOLDER, INTERFACES, LOGS, REPOSITORY, ROS_LOCK, STAMPS, VENV
from environment.steps import call, digest, write_whole

BUILD = VENV / "build"


@cache
def packages() -> dict[str, Path]:
    """Name to folder of the packages to build; a stand-in only where the real package is absent."""
    folders = [REPOSITORY / "astro_nav_msgs", *sorted(p.parent for p in REPOSITORY.glob("compat/*/package.xml"))]
    return {folder.name: folder for folder in folders if not (VENV / "share" / folder.name / "package.xml").exists()}


def inputs(name: str) -> str:
    """Digest of all that a package's build depends on, the packages below it included."""
    folder = packages()[name]
    below = [depend.text for depend in ElementTree.parse(folder / "package.xml").findall("depend")]
    return digest(folder, ROS_LOCK, FOLDER / "interfaces.cmake", *(inputs(n) for n in below if n in packages()))


def all_inputs() -> str:
    return digest(*(inputs(name) for name in packages()))


def build(_interrupted: bool) -> None:
    """Build the packages that changed since they were last built, several at a time."""
    changed = [name for name in packages() if read(stamp(name)) != inputs(name)]
    for name in changed:
        remove(name)
    command = [str(VENV / "bin" / "colcon"), "--log-base", str(LOGS / "colcon"), "build", "--merge-install"]
    command += ["--base-paths", *map(str, packages().values()), "--packages-select", *changed]
    command += ["--build-base", str(BUILD), "--install-base", str(INTERFACES)]
    command += ["--event-handlers", "console_direct+", "--cmake-args", "-GNinja", "-DCMAKE_BUILD_TYPE=Release"]
    command += ["-DBUILD_TESTING=OFF", f"-DCMAKE_PROJECT_INCLUDE={FOLDER / 'interfaces.cmake'}"]
    if changed:
        call(command, "interfaces", variables())
    for name in changed:
        write_whole(stamp(name), inputs(name))


def variables() -> dict[str, str]:
    """The environment to build in: of this machine, without what another sourced ROS has put there."""
    values = {**os.environ, **startup.variables(str(VENV))}
    values.update(PATH=f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}", COLCON_HOME=str(VENV / "colcon"))
    values["MAKEFLAGS"] = f"-j{os.cpu_count()}"  # or colcon would let a loaded machine compile one file at a time
    for name in ("AMENT_PREFIX_PATH", "CMAKE_PREFIX_PATH"):  # colcon adds the install space itself
        values[name] = str(VENV)
    for name in ("PYTHONPATH", "COLCON_PREFIX_PATH", "COLCON_DEFAULTS_FILE", "VIRTUAL_ENV"):
        values.pop(name, None)
    return values


def remove(name: str) -> None:
    """Take away all that an earlier build of a package left, so that nothing outlives its definition."""
    stamp(name).unlink(missing_ok=True)
    for file in read(BUILD / name / "install_manifest.txt").splitlines():
        Path(file).unlink(missing_ok=True)
    shutil.rmtree(BUILD / name, ignore_errors=True)


def stamp(name: str) -> Path:
    return STAMPS / "interfaces.d" / name


def read(path: Path) -> str:
    return path.read_text() if path.is_file() else ""
