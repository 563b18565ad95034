"""The lock files pin everything exactly, for every supported Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement

from astro_nav_common.jit import OLDEST_NUMBA
from environment.lock import LEFT_OUT, PYTHONS, canonical

FOLDER = Path(__file__).resolve().parents[2] / "environment"
PINNED = re.compile(r"[a-z0-9-]+==[0-9][A-Za-z0-9.+!]*( ; .+)?")


def lines(name: str) -> list[str]:
    """Requirements of a file, without comments."""
    return [line for line in (FOLDER / name).read_text().splitlines() if line and not line.startswith("#")]


def pins(name: str, python: str) -> dict[str, str]:
    """Name to version of what a lock file installs on a Python."""
    found: dict[str, str] = {}
    for line in lines(name):
        requirement = Requirement(line)
        marker: Marker | None = requirement.marker
        if marker is None or marker.evaluate({"python_version": python}):
            assert requirement.name not in found, f"{requirement.name} is in {name} twice"
            found[requirement.name] = str(requirement.specifier).removeprefix("==")
    return found


@pytest.mark.parametrize("name", ["ros.lock", "python.lock", "oldest.lock"])
def test_every_line_is_one_exact_version(name: str) -> None:
    assert lines(name)
    assert [line for line in lines(name) if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize("python", PYTHONS)
def test_what_is_asked_for_is_locked_on_every_python(python: str) -> None:
    locked = {**pins("ros.lock", python), **pins("python.lock", python)}
    for line in lines("ros.in") + lines("python.in"):
        wanted = Requirement(line.partition(" #")[0])
        name = canonical(wanted.name).replace("ros-jazzy-", "ros-")  # ros-jazzy-x only names the version of ros-x
        assert wanted.specifier.contains(locked[name]), f"{line} is locked at {locked[name]}"


@pytest.mark.parametrize("python", PYTHONS)
def test_the_two_lock_files_do_not_overlap(python: str) -> None:
    assert pins("ros.lock", python).keys().isdisjoint(pins("python.lock", python))


def test_what_would_disturb_the_environment_is_left_out() -> None:
    assert [line for line in lines("ros.lock") + lines("python.lock") if LEFT_OUT.fullmatch(line.split("==")[0])] == []


def test_the_oldest_libraries_are_those_of_ubuntu_24_04_but_for_numba() -> None:
    locked = pins("oldest.lock", "3.12")
    versions = {name: locked[name].rsplit(".", 1)[0] for name in ("numpy", "scipy", "numba")}
    assert versions == {"numpy": "1.26", "scipy": "1.11", "numba": ".".join(map(str, OLDEST_NUMBA))}
