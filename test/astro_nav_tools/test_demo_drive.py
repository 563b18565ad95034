"""The demo, whole: real nodes as processes over DDS, one goal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not importable here")

from astro_nav_tools.demo.drive import read_drive
from astro_nav_tools.recording.reader import read_messages


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """A demo with one goal across the living room, in a domain of its own."""
    out = tmp_path_factory.mktemp("demo")
    environment = {key: value for key, value in os.environ.items() if key != "ROS_DOMAIN_ID"}
    command = [
        sys.executable,
        "-m",
        "astro_nav_tools.main",
        "demo",
        "--headless",
        "--goal=2.0,4.8,0",
        "--timeout",
        "60",
        "--out",
        str(out),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=150, env=environment, check=False), out


def test_it_reaches_the_goal_and_says_so(demo: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    done, out = demo
    assert done.returncode == 0, done.stdout + done.stderr
    assert "goal 1: reached" in done.stdout
    summary = json.loads((out / "summary.json").read_text())
    assert (summary["goals_reached"], summary["collisions"]) == (1, 0)
    assert summary["path_length_m"] > 1.0
    assert summary["summary"]["goals_reached"] == 1
    assert {"commit", "versions", "cpu", "seeds", "changed_parameters"} <= set(summary)
    assert (out / "drive.png").stat().st_size > 10_000


def test_the_recording_holds_standard_topics_that_agree_with_each_other(
    demo: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    _, out = demo
    drive = read_drive(out / "drive.mcap")
    assert drive.truth[-1, 1] == pytest.approx(2.0, abs=0.15)
    assert drive.cycles[-1] - drive.cycles[0] > 1.0
    assert np.median(np.diff(drive.cycles)) == pytest.approx(0.1, abs=0.02)
    assert len(drive.snapshots) > 2
    topics = ("/map", "/scan", "/odom", "/tf", "/tf_static", "/cmd_vel", "/plan", "/trajectory")
    counts = dict.fromkeys(topics, 0)
    for topic, _, _ in read_messages(out / "drive.mcap", topics):
        counts[topic] += 1
    assert min(counts.values()) >= 1, counts


def test_nothing_is_left_behind(demo: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, out = demo
    mine = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(out).encode() in arguments:
            mine.append(arguments)
    assert mine == []
