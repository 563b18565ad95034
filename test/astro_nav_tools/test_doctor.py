"""The doctor finds what is broken and says what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from astro_nav_common import jit
from astro_nav_tools.doctor import libraries, machine
from astro_nav_tools.doctor.finding import BROKEN, OK, WARNING, Finding
from astro_nav_tools.doctor.run import check_map, examine


def test_a_module_that_is_missing_is_broken_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "LIBRARIES", ("json", "no_such_module_of_ours"))
    finding = libraries.libraries()
    assert finding.level == BROKEN
    assert finding.text.startswith("no_such_module_of_ours cannot be imported")
    assert "make setup" in finding.remedy


def test_a_numba_that_loses_memory_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert libraries.libraries().level == OK
    monkeypatch.setattr(jit, "NUMBA", (0, 60))
    finding = libraries.libraries()
    assert (finding.level, finding.remedy) == (WARNING, "pip install 'numba>=0.61'")


def test_a_folder_of_sources_does_not_pass_for_built_interfaces(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "some_msgs" / "msg").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(libraries, "INTERFACES", ("some_msgs.msg:Thing",))
    assert libraries.interfaces().level == BROKEN


def test_an_unwritable_log_folder_is_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ROS_LOG_DIR", str(tmp_path / "logs"))
    assert machine.home().level == OK
    monkeypatch.setattr(machine.os, "access", lambda *_: False)
    assert machine.home().level == WARNING


def test_little_space_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage("/")._replace(free=1 << 20)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: full)
    assert machine.disk().level == WARNING


def test_a_bad_map_is_broken(tmp_path: Path) -> None:
    finding = check_map(tmp_path / "none.yaml")
    assert finding.level == BROKEN
    assert "does not exist" in finding.text


def test_a_check_that_fails_itself_is_reported() -> None:
    def look() -> Finding:
        raise ZeroDivisionError("oh")

    assert "ZeroDivisionError: oh" in examine(look).text
