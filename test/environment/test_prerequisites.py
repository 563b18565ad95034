"""What is missing on a machine is named with the command that brings it."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
import sysconfig
from typing import Any

import pytest

from environment import prerequisites
from environment.steps import SetUpError


def on_ubuntu(monkeypatch: pytest.MonkeyPatch, *lacking: str) -> None:
    """A machine with apt, an ordinary user and the system's Python, without some commands."""
    present = {"apt-get", "cc", "c++"} - set(lacking)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in present else None)
    monkeypatch.setattr(prerequisites.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    for name in ("CC", "CXX"):
        monkeypatch.delenv(name, raising=False)


def test_a_machine_with_everything_passes() -> None:
    prerequisites.check()


def test_a_missing_compiler_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    on_ubuntu(monkeypatch, "c++")
    assert prerequisites.missing() == ["a C++ compiler: sudo apt install g++"]


def test_missing_python_packages_are_named_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    on_ubuntu(monkeypatch)
    monkeypatch.setattr(sysconfig, "get_path", lambda _name: "/nowhere")
    find = importlib.util.find_spec

    def without_pip(name: str) -> Any:
        return None if name == "ensurepip" else find(name)

    monkeypatch.setattr(importlib.util, "find_spec", without_pip)
    with pytest.raises(SetUpError, match=r"(?s)sudo apt install python3-venv.*sudo apt install python3-dev"):
        prerequisites.check()


def test_another_processor_is_sent_to_the_packages_of_ros(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert any("aarch64" in line and "colcon build" in line for line in prerequisites.missing())


def test_a_python_that_is_too_old_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prerequisites, "OLDEST", (3, 99))
    assert any(line.startswith("Python 3.10 to 3.13 is needed") for line in prerequisites.missing())
