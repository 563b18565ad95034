"""What a user can get wrong when starting a node: one sentence that names it, and exit status 1."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")

from astro_nav_tools.installation import SOURCE_ROOT

#: s until a node has found out
PATIENCE = 40.0

SIMULATOR, MAP_SERVER = "astro_nav_sim.node", "astro_nav_sim.map_server"
GLOBAL, LOCAL, GUARD = "astro_nav_global.node", "astro_nav_local.node", "astro_nav_reactive.node"


@pytest.mark.parametrize(
    ("module", "parameter", "sentence"),
    [
        (SIMULATOR, "world:=nowhere", "unknown world 'nowhere'"),
        (SIMULATOR, "robot:=nobody", "unknown robot 'nobody'"),
        (SIMULATOR, "start:=[1.0, 2.0]", "must be x, y, yaw"),
        (SIMULATOR, "real_time_factor:=0.0", "real_time_factor = 0.0 must be a number from 0.05"),
        (MAP_SERVER, "yaml_filename:=missing.yaml", "'missing.yaml' does not exist"),
        (GLOBAL, "robot:=nobody", "unknown robot 'nobody'"),
        (GLOBAL, "passages_file:=missing.yaml", "passages file 'missing.yaml' does not exist"),
        (LOCAL, "horizon:=99.0", "horizon = 99.0 must be a number from"),
        (LOCAL, "horizonn:=3.0", "no parameter 'horizonn'"),
        (GUARD, "rate_hz:=much", "rate_hz = 'much' must be a number"),
    ],
)
def test_a_bad_parameter_is_named(module: str, parameter: str, sentence: str) -> None:
    done = _run(module, parameter)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"map.yaml": "resolution: 0.05\norigin: [0, 0, 0]\n"}, "has no 'image'"),
        ({"map.yaml": "image: map.pgm\nresolution: 0.0\norigin: [0, 0, 0]\n"}, "resolution = 0.0 must be"),
        ({"map.yaml": "image: map.pgm\nresolution: .nan\norigin: [0, 0, 0]\n"}, "resolution = nan must be"),
        (
            {"map.yaml": "image: map.pgm\nresolution: 0.05\norigin: [0, 0, 0]\n", "map.pgm": "P5 garbage"},
            "not a readable picture",
        ),
        (
            {"map.yaml": "image: map.pgm\nresolution: 0.05\norigin: [0, 0, 0]\n", "map.pgm": "P2 2 1 255 254 254"},
            "free and occupied",
        ),
        ({"map.yaml": "{"}, "not a YAML file"),
    ],
    ids=["no_image", "zero_resolution", "nan_resolution", "corrupt", "one_colour", "no_yaml"],
)
def test_a_bad_map_is_named(tmp_path: Path, files: dict[str, str], sentence: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    done = _run(MAP_SERVER, f"yaml_filename:={tmp_path / 'map.yaml'}")
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_security_that_cannot_be_had_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ROS_SECURITY_ENABLE", "true")
    monkeypatch.setenv("ROS_SECURITY_STRATEGY", "Enforce")
    monkeypatch.setenv("ROS_SECURITY_KEYSTORE", str(tmp_path))  # with no keys in it
    done = _run(GUARD, "autostart:=false")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "reactive_guard: " in done.stderr


def _run(module: str, parameter: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, "--ros-args", "-p", parameter]
    return subprocess.run(command, cwd=SOURCE_ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
