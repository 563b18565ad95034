"""Which interface packages are built, and when again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from environment import interfaces


def make_package(folder: Path, *depends: str) -> None:
    """An interface package with one message."""
    (folder / "msg").mkdir(parents=True)
    (folder / "msg" / "One.msg").write_text("float64 x\n")
    below = "".join(f"<depend>{name}</depend>" for name in depends)
    (folder / "package.xml").write_text(f"<package><name>{folder.name}</name>{below}</package>")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A repository with its own messages and two stand-ins, one upon the other."""
    make_package(tmp_path / "astro_nav_msgs", "std_msgs")
    make_package(tmp_path / "compat" / "geographic_msgs", "std_msgs")
    make_package(tmp_path / "compat" / "nav2_msgs", "geographic_msgs", "std_msgs")
    for name, path in {"REPOSITORY": tmp_path, "VENV": tmp_path / ".venv", "STAMPS": tmp_path / "stamps"}.items():
        monkeypatch.setattr(interfaces, name, path)
    monkeypatch.setattr(interfaces, "BUILD", tmp_path / ".venv" / "build")
    interfaces.packages.cache_clear()
    yield tmp_path
    interfaces.packages.cache_clear()


def test_without_real_packages_all_stand_ins_are_built(tree: Path) -> None:
    assert list(interfaces.packages()) == ["astro_nav_msgs", "geographic_msgs", "nav2_msgs"]


def test_a_real_package_wins_over_its_stand_in(tree: Path) -> None:
    installed = tree / ".venv" / "share" / "nav2_msgs" / "package.xml"
    installed.parent.mkdir(parents=True)
    installed.touch()
    assert list(interfaces.packages()) == ["astro_nav_msgs", "geographic_msgs"]


def test_a_change_concerns_the_package_and_those_upon_it(tree: Path) -> None:
    before = {name: interfaces.inputs(name) for name in interfaces.packages()}
    (tree / "compat" / "geographic_msgs" / "msg" / "One.msg").write_text("float64 y\n")
    changed = {name for name in interfaces.packages() if interfaces.inputs(name) != before[name]}
    assert changed == {"geographic_msgs", "nav2_msgs"}


def test_nothing_of_an_earlier_build_outlives_its_definition(tree: Path) -> None:
    old, kept = tree / "install" / "Old.msg", tree / "install" / "other.msg"
    old.parent.mkdir()
    old.touch()
    kept.touch()
    manifest = tree / ".venv" / "build" / "nav2_msgs" / "install_manifest.txt"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(f"{old}\n{tree}/install/never_there.msg")
    interfaces.remove("nav2_msgs")
    assert not old.exists()
    assert not manifest.parent.exists()
    assert kept.exists()
