"""The command: what it cannot use ends in one sentence and a non-zero status, never in a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from astro_nav_tools.commands import COMMANDS
from astro_nav_tools.installation import data_folder
from astro_nav_tools.main import main


@pytest.fixture
def bad_maps(tmp_path: Path) -> Path:
    """A folder of map files, each wrong in its own way."""
    good = "image: good.pgm\nresolution: 0.05\norigin: [0, 0, 0]\n"
    cells = bytearray([254] * 10000)
    (tmp_path / "one_colour.pgm").write_bytes(b"P5\n100 100\n255\n" + cells)
    cells[5000:5100] = bytes(100)  # a wall from side to side
    (tmp_path / "good.pgm").write_bytes(b"P5\n100 100\n255\n" + cells)
    (tmp_path / "corrupt.pgm").write_bytes(b"P5\n100 100\n255\nshort")
    (tmp_path / "good.yaml").write_text(good)
    (tmp_path / "no_image.yaml").write_text(good.replace("image: good.pgm\n", ""))
    (tmp_path / "zero.yaml").write_text(good.replace("0.05", "0.0"))
    (tmp_path / "nan.yaml").write_text(good.replace("0.05", ".nan"))
    (tmp_path / "corrupt.yaml").write_text(good.replace("good", "corrupt"))
    (tmp_path / "one_colour.yaml").write_text(good.replace("good", "one_colour"))
    (tmp_path / "not_a_map.yaml").write_text("[1, 2\n")
    return tmp_path


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The sentence with which a command line is refused."""
    assert main(arguments) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("astro-nav: error: "), lines
    return lines[0].removeprefix("astro-nav: error: ")


@pytest.mark.parametrize(("name", "words"), [
    ("missing", "does not exist"), ("no_image", "has no 'image'"), ("zero", "resolution = 0.0 must be"),
    ("nan", "resolution = nan must be"), ("corrupt", "not a readable picture"), ("one_colour", "needs free and occupied"),
    ("not_a_map", "not a YAML file"),
])  # fmt: skip
def test_bad_map(bad_maps: Path, capsys: pytest.CaptureFixture[str], name: str, words: str) -> None:
    assert words in refused(["demo", "--map", str(bad_maps / f"{name}.yaml"), "--goal=1,1,0"], capsys)


@pytest.mark.parametrize(("goal", "words"), [
    ("9,9,0", "outside the map"), ("2.5,2.47,0", "in an obstacle"), ("1,4,0", "goal 1 (1, 4) cannot be driven to"),
    ("1,nan,0", "finite numbers"), ("1;1", "finite numbers"), ("1,1,0,0", "finite numbers"), ("", "finite numbers"),
])  # fmt: skip
def test_bad_goal(bad_maps: Path, capsys: pytest.CaptureFixture[str], goal: str, words: str) -> None:
    arguments = ["demo", "--map", str(bad_maps / "good.yaml"), f"--goal={goal}", "--start=1,1,0"]
    assert words in refused(arguments, capsys)


@pytest.mark.parametrize(("arguments", "words"), [
    (["demo", "--scenario", "nope"], "unknown world 'nope'; there are: "),
    (["demo", "--robot", "nope"], "unknown robot 'nope'; there are: astro, jackal"),
    (["demo", "--map", "x.yaml", "--scenario", "home"], "exclude each other"),
    (["demo", "--seed", "-1"], "--seed"),
    (["demo", "--start=1"], "--start=1 must be"),
    (["demo", "--params", "nowhere.yaml"], "cannot be read"),
    (["demo", "--nope"], "--nope"),
    (["bench", "nope"], "nope"),
    (["bench", "barn", "--worlds", "nowhere.jsonl"], "nowhere.jsonl"),
    (["bench", "astar", "--maps", "nowhere"], "no MovingAI maps"),
    (["launch", "nope"], "no launch file 'nope'"),
    (["launch", "navigation", "robot=astro"], "write name:=value"),
    (["launch", "navigation", "nope:=astro"], "no argument 'nope'"),
    (["launch"], "file"),
    (["nope"], "nope"),
])  # fmt: skip
def test_bad_command_line(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    assert words.lower() in refused(arguments, capsys).lower()


@pytest.mark.parametrize(("text", "words"), [
    ("local_planner: {ros__parameters: {rate_hz: 1000.0}}", "LocalParams.rate_hz = 1000.0 must be a number from 2.0 to 50.0 Hz"),
    ("local_planner: {ros__parameters: {nope: 1}}", "local_planner has no parameter 'nope'"),
    ("nope: {ros__parameters: {rate_hz: 1.0}}", "no node 'nope'"),
    ("local_planner: {rate_hz: 1.0}", "must hold"),
    ("[", "not valid YAML"),
])  # fmt: skip
def test_bad_parameter_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: str) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(text)
    assert words in refused(["demo", "--params", str(file)], capsys)


@pytest.mark.parametrize("domain", ["500", "-1", "x"])
def test_bad_domain(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], domain: str) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", domain)
    assert "must be a whole number from 0 to 101" in refused(["demo", "--headless"], capsys)


def test_rviz_without_a_display(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert "needs rviz2 on the PATH and a display" in refused(["demo", "--rviz"], capsys)


def test_a_folder_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be used for the results" in refused(
        ["demo", "--headless", "--out", str(tmp_path / "file" / "x")], capsys
    )


@pytest.mark.parametrize("arguments", [[], ["--help"], *([name, "--help"] for name, _, _ in COMMANDS)], ids=str)
def test_help_is_given(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "astro_nav_tools.main", *arguments], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "COLUMNS": "100"},
    )  # fmt: skip
    assert "Usage: astro-nav" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_data_folder_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ASTRO_NAV_DATA", str(tmp_path))
    assert data_folder() == tmp_path
