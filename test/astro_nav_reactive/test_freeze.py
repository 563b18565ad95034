"""Frozen scans are told from equal ones."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.types import Pose, Scan
from astro_nav_reactive.freeze import Freeze

FRONT = Pose(0.0, 0.0, 0.0)
ANGLES = -math.pi + math.tau / 360 * np.arange(360)


def room(x: float = 0.0, y: float = 0.0, yaw: float = 0.0) -> np.ndarray:
    """Ranges within walls at x = 3, -2 and y = 2, -1, to the sensor at a pose."""
    c, s = np.cos(ANGLES + yaw), np.sin(ANGLES + yaw)
    with np.errstate(divide="ignore"):
        along = np.where(c > 0.0, (3.0 - x) / c, (-2.0 - x) / c)
        across = np.where(s > 0.0, (2.0 - y) / s, (-1.0 - y) / s)
    return np.minimum(along, across)


def corridor() -> np.ndarray:
    """Ranges within walls at y = 1 and -1 that never end; the far ones are out of range."""
    with np.errstate(divide="ignore"):
        return 1.0 / np.abs(np.sin(ANGLES))


def scan(t: float, ranges: np.ndarray, sensor: Pose = FRONT) -> Scan:
    return Scan(t, ranges, -math.pi, math.tau / 360, 0.05, 10.0, sensor)


def first_alarm(ranges: np.ndarray, speed: float, rate: float, sensor: Pose = FRONT) -> float:
    """Distance or angle moved when the scan is called frozen; inf if it is not in 3 s."""
    freeze = Freeze()
    for t in np.arange(0.0, 3.0, 0.05).tolist():
        if freeze.is_frozen(scan(t, ranges.copy(), sensor), Pose(speed * t, 0.0, rate * t)):
            return (speed + rate) * t
    return math.inf


@pytest.mark.parametrize("sensor", [FRONT, Pose(0.1, 0.05, 0.7)])
def test_a_scan_that_stays_while_the_robot_drives_on_is_frozen(sensor: Pose) -> None:
    assert first_alarm(room(), 0.5, 0.0, sensor) < 0.15
    assert first_alarm(room(), 0.0, 1.0, sensor) < 0.15


def test_a_robot_that_stands_may_see_the_same_for_ever() -> None:
    assert math.isinf(first_alarm(room(), 0.0, 0.0))


def test_along_a_smooth_corridor_the_same_is_seen_again_and_again() -> None:
    assert math.isinf(first_alarm(corridor(), 1.0, 0.0))
    assert first_alarm(corridor(), 0.0, 1.0) < 0.2  # but not when turning


def test_where_nothing_is_seen_nothing_can_change() -> None:
    assert math.isinf(first_alarm(np.full(360, np.inf), 1.0, 0.0))


def test_a_sensor_without_noise_that_works_is_not_called_frozen() -> None:
    freeze = Freeze()
    for t in np.arange(0.0, 3.0, 0.05).tolist():
        assert not freeze.is_frozen(scan(t, np.round(room(0.3 * t), 2)), Pose(0.3 * t, 0.0, 0.0))


def test_it_stays_frozen_until_the_ranges_change() -> None:
    freeze = Freeze()
    for t in (0.0, 0.1, 0.2, 0.3):
        frozen = freeze.is_frozen(scan(t, room()), Pose(t, 0.0, 0.0))
    assert frozen
    assert freeze.is_frozen(scan(10.0, room()), Pose(0.3, 0.0, 0.0))
    assert not freeze.is_frozen(scan(10.1, room(0.3)), Pose(0.3, 0.0, 0.0))


def test_sources_do_not_mix() -> None:
    freeze = Freeze()
    other = Scan(0.1, room(), -math.pi, math.tau / 360, 0.05, 10.0, source="other")
    freeze.is_frozen(scan(0.0, room()), Pose(0.0, 0.0, 0.0))
    assert not freeze.is_frozen(other, Pose(0.5, 0.0, 0.0))
