"""`astro-nav memory`: shows, exports and forgets what a store holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from astro_nav_global.memory_store import MemoryStore, Observation
from astro_nav_tools.main import main


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A memory of two maps."""
    path = tmp_path / "memory.sqlite"
    store = MemoryStore(path)
    for key in ("one", "two"):
        observations = [Observation("door", False, 1.0, 1e9, 1e6), Observation("cell 3 4", True, 0.5, 1e9, 1e6)]
        store.add(key, observations, "12 x 10 m" if key == "one" else "")
    store.close()
    return path


def test_show_lists_maps_and_places(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["memory", "show", "--file", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "map one 12 x 10 m"
    assert "door" in lines[2] and "blocked   1.00  blocked at 2001-09" in lines[2]
    assert len(lines) == 6


def test_export_writes_json(file: Path, tmp_path: Path) -> None:
    assert main(["memory", "export", "--file", str(file), "--out", str(tmp_path / "memory.json")]) == 0
    (first, second) = json.loads((tmp_path / "memory.json").read_text())["maps"]
    assert (first["map"], second["map"], len(first["places"])) == ("one", "two", 2)
    door = {"place": "door", "opened": 0.0, "blocked": 1.0, "seen_at": 1e9, "was_open": False}
    assert first["places"][1] == {**door, "open_at": None, "blocked_at": 1e9}


def test_forget_a_place_a_map_everything(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, forgotten in ((["one", "door"], 1), (["one"], 1), (["all"], 2)):
        assert main(["memory", "forget", *arguments, "--file", str(file)]) == 0
        assert capsys.readouterr().out == f"{forgotten} places forgotten.\n"
    assert MemoryStore(file).maps() == {}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["forget", "three"], "nothing is remembered of a map 'three'; there are: one, two"),
        (["forget", "one", "gate"], "nothing is remembered of a place 'gate'"),
    ],
)
def test_what_is_not_there_cannot_be_forgotten(
    file: Path, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["memory", *arguments, "--file", str(file)]) == 2
    assert sentence in capsys.readouterr().err


def test_a_file_that_is_not_there_is_not_begun(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["memory", "show", "--file", str(tmp_path / "none.sqlite")]) == 2
    assert "there is no memory" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
