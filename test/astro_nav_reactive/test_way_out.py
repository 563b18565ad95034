"""Where on a way a robot is out of somebody's lane."""

from __future__ import annotations

import numpy as np
import pytest

from astro_nav_common.footprint import Footprint
from astro_nav_common.robot import RobotParams
from astro_nav_reactive.motion import RIM, SWEPT, TIME, X
from astro_nav_reactive.way_out import least_gap, way_out

FOOTPRINT = Footprint.of(RobotParams())
OUTLINE = (FOOTPRINT.base, FOOTPRINT.screen, *FOOTPRINT.pan, FOOTPRINT.circumscribed_radius)
ENOUGH, HORIZON, SPEED, NOSE = 0.08, 3.0, 0.3, 0.21


def back(length: float = 0.3) -> np.ndarray:
    """A way straight back."""
    gone = 0.02 * np.arange(round(length / 0.02) + 1)
    path = np.zeros((len(gone), 7))
    path[:, X], path[:, RIM], path[:, SWEPT], path[:, TIME] = -gone, gone, gone, gone / SPEED
    return path


def crosser(depth: float, away: float, speed: float = 1.0) -> tuple[float, ...]:
    """Somebody of 0.2 m radius who comes from the right and cuts `depth` m off the robot's nose."""
    return (NOSE + 0.2 - depth, -away, 0.0, speed, 0.2, 0.0, 0.0)


def out(*movers: tuple[float, ...], rows: int | None = None) -> tuple[float, float]:
    """How far to go, and how near anybody comes, m."""
    path = back()
    row, gap = way_out(np.array(movers), path, rows or len(path), 0.2, HORIZON, ENOUGH, *OUTLINE)
    return path[row, SWEPT], gap


def test_nobody_is_infinitely_far_away() -> None:
    assert least_gap(np.empty((0, 7)), back()[0], 0.0, HORIZON, *OUTLINE) == np.inf


def test_the_nearest_of_several_counts() -> None:
    movers = np.array([crosser(-0.5, 2.0), crosser(-0.3, 2.0)])
    assert least_gap(movers, back()[0], 0.0, HORIZON, *OUTLINE) == pytest.approx(0.3, abs=0.1)


@pytest.mark.parametrize("depth", [0.0, 0.05, 0.1])
def test_the_robot_goes_no_further_than_out_of_the_lane(depth: float) -> None:
    gone, gap = out(crosser(depth, 2.0))
    assert gap == pytest.approx(ENOUGH)
    assert depth + ENOUGH <= gone <= depth + ENOUGH + 0.11  # what may be wrong with a speed, and a row


def test_outside_a_lane_it_stays() -> None:
    assert out(crosser(-0.2, 2.0)) == (0.0, pytest.approx(ENOUGH))


def test_with_too_little_way_it_goes_as_far_as_it_may() -> None:
    gone, gap = out(crosser(0.05, 2.0), rows=4)
    assert gone == pytest.approx(0.06)
    assert -0.1 < gap < 0.03


def test_it_does_not_back_into_somebody_else() -> None:
    behind = (-NOSE - 0.3, 2.0, 0.0, -1.0, 0.2, 0.0, 0.0)  # passes 0.1 m behind its tail
    gone, _ = out(crosser(0.0, 2.0), behind)
    assert gone < 0.05
    assert out(crosser(0.0, 2.0))[0] > 0.07


def test_what_is_lost_before_it_moves_is_told() -> None:
    _, gap = out(crosser(0.05, 0.4, speed=1.5))
    assert gap < 0.0
