"""The rules of the code's structure (docs/architecture.md), checked on the sources themselves."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CORES = ("astro_nav_common", "astro_nav_global", "astro_nav_local", "astro_nav_reactive", "astro_nav_sim")
PACKAGES = (*CORES, "astro_nav_ros", "astro_nav_tools")
PLANNERS = ("astro_nav_global", "astro_nav_local", "astro_nav_reactive")

#: which of the project's packages each may import
MAY_IMPORT = {
    "astro_nav_common": set(),
    **{name: {"astro_nav_common"} for name in PLANNERS},
    "astro_nav_ros": {"astro_nav_common"},
    "astro_nav_sim": {"astro_nav_common", *PLANNERS},
    "astro_nav_tools": set(PACKAGES),
}

#: modules of ROS, whatever installs them: client library, transforms, and every package of interfaces
ROS_MODULE = re.compile(
    r"(rclpy|rclpy_.*|tf2_.*|tf_transformations|rosidl_.*|ament_.*|launch|launch_.*|\w+_msgs|builtin_interfaces)$"
)
#: files, besides those of astro_nav_ros, that talk to ROS: the nodes, their parts, and the pictures that they publish
ROS_FILES = re.compile(r"(.*/)?((\w+_)?node|map_server|candidate_markers|servers/\w+)\.py$")
#: files of astro_nav_ros that describe, and need no ROS
ROS_FREE_FILES = ("astro_nav_ros/__init__.py", "astro_nav_ros/node_params.py")


def sources(*packages: str) -> Iterator[Path]:
    """Python files of packages."""
    for package in packages:
        yield from sorted((ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    """Path from the root of the tree."""
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    """Dotted name of a module."""
    return name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports_of(path: Path) -> set[str]:
    """Every module that a file imports, at the top or inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} has a relative import"
            found.add(str(node.module))
    return found


def talks_to_ros(path: Path) -> bool:
    """True for the files that may import ROS."""
    name = name_of(path)
    return (name.startswith("astro_nav_ros/") and name not in ROS_FREE_FILES) or ROS_FILES.match(name) is not None


ROS_FREE = [path for path in sources(*PACKAGES) if not talks_to_ros(path)]


@pytest.mark.parametrize("path", ROS_FREE, ids=name_of)
def test_ros_is_imported_only_by_nodes_and_glue(path: Path) -> None:
    modules = imports_of(path)
    assert not [name for name in modules if ROS_MODULE.match(name.partition(".")[0])]
    if name_of(path).split("/")[0] in CORES:
        of_glue = [name for name in modules if name.startswith("astro_nav_ros") and name != "astro_nav_ros.node_params"]
        assert not of_glue


@pytest.mark.parametrize("path", list(sources(*PACKAGES)), ids=name_of)
def test_packages_import_only_what_lies_below_them(path: Path) -> None:
    package = name_of(path).split("/")[0]
    used = {name.partition(".")[0] for name in imports_of(path)} & set(PACKAGES)
    allowed = MAY_IMPORT[package] | {package}
    if talks_to_ros(path):
        allowed = allowed | {"astro_nav_ros"}
    assert used <= allowed, f"{package} must not import {', '.join(sorted(used - allowed))}"


def test_everything_but_nodes_and_glue_imports_with_ros_blocked() -> None:
    modules = [module_of(path) for path in ROS_FREE if not name_of(path).endswith("__main__.py")]
    script = f"""
import importlib, importlib.abc, re, sys
class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if re.match({ROS_MODULE.pattern!r}, name.partition(".")[0]):
            raise ImportError(f"ROS is blocked: {{name}}")
sys.meta_path.insert(0, Blocker())
for name in {modules!r}:
    importlib.import_module(name)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("path", [path for path in ROS_FREE if "__all__" in path.read_text()], ids=name_of)
def test_names_in_all_exist(path: Path) -> None:
    module = importlib.import_module(module_of(path))
    assert not [name for name in module.__all__ if not hasattr(module, name)]


@pytest.mark.parametrize("path", [path for path in sources(*CORES) if not talks_to_ros(path)], ids=name_of)
def test_cores_know_no_wall_clock_and_no_global_randomness(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert not imports_of(path) & {"time", "datetime", "random"}
    used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    allowed = {"np.random.Generator", "np.random.default_rng", "np.random.SeedSequence"}
    assert not {name for name in used if re.fullmatch(r"(np|numpy)\.random\.\w+", name)} - allowed
    unseeded = [
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and ast.unparse(n.func).endswith("default_rng") and not n.args
    ]
    assert not unseeded, "a generator without a seed is different in every run"


@pytest.mark.parametrize("path", list(sources(*CORES)), ids=name_of)
def test_numba_is_used_through_the_one_decorator(path: Path) -> None:
    if name_of(path) != "astro_nav_common/jit.py":
        assert not {name for name in imports_of(path) if name.partition(".")[0] == "numba"}


def test_no_paths_of_one_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git tree, so there is no list of the project's own files")
    pattern = re.compile(rb"(?<![\w.])/(work|root|home/[a-z]+|farm|Users)/")
    bad = []
    for name in listed.stdout.split("\0"):
        path = ROOT / name
        if name and path.is_file() and not name.endswith(".lock"):
            content = path.read_bytes()
            if b"\0" not in content[:1000] and pattern.search(content) and path != Path(__file__).resolve():
                bad.append(name)
    assert not bad
