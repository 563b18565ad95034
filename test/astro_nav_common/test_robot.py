"""Robot descriptions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from astro_nav_common.errors import ParameterError
from astro_nav_common.robot import RobotParams, load_robot


def area(polygon: np.ndarray) -> float:
    """Signed: positive if counter-clockwise."""
    x, y = polygon.T
    return float(0.5 * (x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


@pytest.mark.parametrize("name", ["astro", "jackal"])
def test_outlines_are_convex_and_counter_clockwise(name: str) -> None:
    robot = load_robot(name)
    for polygon in (robot.footprint_polygon, robot.screen_polygon):
        edges = np.roll(polygon, -1, axis=0) - polygon
        following = np.roll(edges, -1, axis=0)
        assert (edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0] > 0.0).all()


def test_astro_is_the_default() -> None:
    assert load_robot("astro") == RobotParams()
    assert area(RobotParams().footprint_polygon) == pytest.approx(0.42 * 0.25)


@pytest.mark.parametrize("name", ["astro", "jackal"])
def test_wheels_are_fast_enough_for_full_speed_and_for_full_yaw_rate(name: str) -> None:
    robot = load_robot(name)
    assert robot.wheel_speed_max >= robot.v_max
    assert robot.wheel_speed_max >= 0.5 * robot.track * robot.w_max


def test_an_unknown_robot_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="unknown robot 'r2d2'; there are: astro, jackal"):
        load_robot("r2d2")


def test_a_robot_of_ones_own_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nv_max: 0.7\nscreen: []\n")
    robot = load_robot(str(file))
    assert (robot.name, robot.v_max, len(robot.screen_polygon)) == ("mine", 0.7, 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("v_max: fast\n", r"RobotParams\.v_max = 'fast' must be a number"),
        ("footprint: [0, 0, 1]\n", "footprint needs x and y of at least three corners, got 3 numbers"),
        ("footprint: [0, 0, 1, 0]\n", "footprint needs x and y of at least three corners, got 4 numbers"),
        ("footprint: []\n", "footprint must not be empty"),
        ("- v_max\n", "must hold a mapping"),
        ("wheels: 3\n", "RobotParams has no parameter 'wheels'"),
    ],
)
def test_a_bad_description_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(ParameterError, match=message):
        load_robot(str(file))


def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("v_max: [1,\n")
    with pytest.raises(ParameterError):
        load_robot(str(file))
