"""Where the sensors look."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.types import Pose, Scan
from astro_nav_reactive.coverage import Coverage


def scan(low: float, high: float, yaw: float = 0.0, source: str = "scan", value: float = np.inf) -> Scan:
    """A scan between two angles of the sensor, rad."""
    beams = 181
    return Scan(
        0.0, np.full(beams, value), low, (high - low) / (beams - 1), 0.05, 10.0, Pose(0.0, 0.0, yaw), source=source
    )


def test_before_any_scan_nothing_is_held_against_a_direction() -> None:
    assert Coverage().share(0.0) == 1.0


@pytest.mark.parametrize("yaw", [0.0, math.pi, 1.0])
def test_a_sensor_covers_where_it_looks(yaw: float) -> None:
    coverage = Coverage()
    coverage.add(scan(-1.0, 1.0, yaw))
    assert coverage.share(yaw) == 1.0
    assert coverage.share(yaw + math.pi) == 0.0
    assert 0.0 < coverage.share(yaw + 1.0) < 1.0


def test_sources_add_up() -> None:
    coverage = Coverage()
    coverage.add(scan(-2.0, 2.0))
    coverage.add(scan(-1.5, 1.5, math.pi, "rear"))
    assert coverage.share(0.0) == coverage.share(math.pi) == coverage.share(2.0) == 1.0


def test_beams_without_information_cover_nothing() -> None:
    coverage = Coverage()
    coverage.add(scan(-1.0, 1.0, value=np.nan))
    assert coverage.share(0.0) == 0.0
