"""The tree is what a real ROS 2 expects: valid package descriptions, and executables that exist."""

from __future__ import annotations

import configparser
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from catkin_pkg.package import parse_package

ROOT = Path(__file__).resolve().parents[2]
DESCRIPTIONS = sorted([ROOT / "package.xml", *ROOT.glob("*_msgs/package.xml"), *ROOT.glob("compat/*/package.xml")])


@pytest.mark.parametrize("path", DESCRIPTIONS, ids=lambda path: path.parent.name)
def test_package_descriptions_are_valid(path: Path) -> None:
    warnings: list[str] = []
    package = parse_package(path, warnings=warnings)
    package.validate()
    assert warnings == []
    assert package.name == (path.parent.name if path.parent != ROOT else "astro_nav")


def test_colcon_sees_the_two_packages_with_their_types_and_no_stand_in() -> None:
    # a description that does not validate would be downgraded to (python) or (cmake) without a word
    colcon = Path(sys.prefix) / "bin" / "colcon"
    listed = subprocess.run(
        [colcon, "--log-base", os.devnull, "list"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert [line.split("\t") for line in listed.stdout.splitlines()] == [
        ["astro_nav", ".", "(ros.ament_python)"],
        ["astro_nav_msgs", "astro_nav_msgs", "(ros.ament_cmake)"],
    ]


def entry_points() -> dict[str, str]:
    """Command to module of setup.cfg."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    lines = config["options.entry_points"]["console_scripts"].strip().splitlines()
    return {command.strip(): target.split(":")[0].strip() for command, target in (line.split("=") for line in lines)}


@pytest.mark.parametrize(("command", "module"), entry_points().items())
def test_every_executable_has_its_module_and_stands_where_ros_looks(command: str, module: str) -> None:
    assert importlib.util.find_spec(module)
    assert os.access(Path(sys.prefix) / "interfaces" / "lib" / "astro_nav" / command, os.X_OK)


def test_an_installed_package_holds_every_file_that_the_code_reads() -> None:
    # what setup.py would install, asked from setuptools itself
    script = (
        "import setuptools.dist, sys; sys.argv[1:] = ['--quiet', '--name']\n"
        "from distutils.core import run_setup\n"
        "d = run_setup('setup.py'); b = d.get_command_obj('build_py'); b.ensure_finalized()\n"
        "print(*[f'{source}/{name}' for _, source, _, names in b.data_files for name in names], sep='\\n')\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    installed = set(run.stdout.splitlines())
    tracked = subprocess.run(["git", "ls-files", "astro_nav_*"], cwd=ROOT, capture_output=True, text=True, check=True)
    data = {name for name in tracked.stdout.splitlines() if not name.endswith(".py") and "_msgs/" not in name}
    assert data <= installed
