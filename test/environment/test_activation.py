"""The share folder that ament finds follows the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from environment import activation


def test_what_is_added_later_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activation, "REPOSITORY", tmp_path)
    monkeypatch.setattr(activation, "INTERFACES", tmp_path / "interfaces")
    for name in ("config", "launch"):
        (tmp_path / name).mkdir()
    before = activation.inputs()
    activation.write_index()
    share = tmp_path / "interfaces" / "share" / activation.NAME
    (tmp_path / "config" / "new.yaml").touch()
    assert (share / "config" / "new.yaml").is_file()
    assert activation.inputs() == before
    (tmp_path / "launch" / "new.launch.yaml").touch()
    assert activation.inputs() != before  # so the next set-up links it
    activation.write_index()
    assert (share / "launch" / "new.launch.yaml").is_file()
    assert not (share / "launch").is_symlink()
