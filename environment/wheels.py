"""The virtual environment and what pip installs into it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

from environment.paths import PYTHON, ROS_LOCK, VENV
from environment.steps import SetUpError, call

ADVICE = "If the network failed: `make setup` goes on where it stopped."


def make_venv(_interrupted: bool) -> None:
    """Make an empty virtual environment, in place of whatever is there."""
    shutil.rmtree(VENV, ignore_errors=True)
    if VENV.exists():
        raise SetUpError(f"{VENV} cannot be removed: remove it by hand")
    venv.EnvBuilder(with_pip=True, symlinks=True).create(VENV)


def install(lock: Path, interrupted: bool) -> None:
    """Install exactly what a lock file names.

    The lock is the whole closure, so pip resolves nothing. After an interruption a package may lie there by half
    and look installed: everything is written anew.
    """
    pip = [str(PYTHON), "-m", "pip", "install", "--no-deps", "--no-build-isolation", "--no-compile", "--no-input"]
    pip += ["--disable-pip-version-check", "--no-warn-script-location", "--timeout", "60", "--retries", "5"]
    pip += ["--ignore-installed"] if interrupted else []
    variables = {**os.environ, "ASTRO_NAV_ENVIRONMENT": str(VENV), "PIP_USER": "0"}
    variables.pop("PYTHONPATH", None)
    if not cache_is_usable():
        variables["PIP_NO_CACHE_DIR"] = "1"
    if lock == ROS_LOCK:  # empy comes as source, and these build it
        builders = [line for line in lock.read_text().splitlines() if re.match(r"(setuptools|wheel)==", line)]
        call([*pip, *builders], f"{lock.stem}-build-tools", variables, ADVICE)
    call([*pip, "--requirement", str(lock)], lock.stem, variables, ADVICE)


def cache_is_usable() -> bool:
    """Whether pip can keep what it downloads; it stumbles over a home directory that cannot be written to."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "pip")
    try:
        cache.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=cache).close()
    except OSError:
        return False
    return True


def mend_cmake_files() -> None:
    """Make the ROS wheels' CMake exports name this interpreter's include folders, not those they were built with."""
    numpy = subprocess.run([str(PYTHON), "-c", "import numpy; print(numpy.get_include())"],
                           capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
    include = sysconfig.get_path("include", vars={"base": sys.base_prefix, "installed_base": sys.base_prefix})
    for file in VENV.glob("share/*/cmake/*__rosidl_generator_pyExport.cmake"):
        text = file.read_text()
        text = re.sub(r'/opt/python/[^;"]*/numpy/(_core|core)/include', numpy, text)
        text = re.sub(r'/opt/python/[^;"]*/include/python[0-9.]+', include, text)
        if "/opt/python/" in text:
            raise SetUpError(f"{file} names a folder of the machine it was built on that set-up does not know")
        file.write_text(text)
