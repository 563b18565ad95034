"""Masks by the rules of Nav2's costmap filters; test/astro_nav_global/test_keepout.py plans with them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.conventions import UNKNOWN
from astro_nav_common.errors import MapError
from astro_nav_common.grid import MAX_CELLS, Grid
from astro_nav_common.masks import NO_LIMIT, KeepoutMask, SpeedLimit, SpeedMask


def zone(value: int) -> Grid:
    """A mask that covers only the zone: x 3.5 to 4.5 m, y 1 to 3 m."""
    return Grid(np.full((20, 10), value, np.int8), 0.1, 3.5, 1.0)


def test_speed_limits_by_place() -> None:
    mask = zone(30)
    percent = SpeedMask(mask, 100.0, -1.0, percentage=True)
    assert percent.limit_at(4.0, 2.0) == SpeedLimit(70.0, True)
    assert percent.limit_at(1.0, 2.0) == NO_LIMIT
    assert percent.limit_at(math.nan, 2.0) == NO_LIMIT
    assert SpeedMask(mask, 0.0, 0.01, percentage=False).limit_at(4.0, 2.0) == (pytest.approx(0.3), False)


@pytest.mark.parametrize(
    ("value", "base", "multiplier"), [(0, 50.0, 1.0), (UNKNOWN, 50.0, 1.0), (50, 0.0, 3.0), (50, 10.0, -1.0)]
)
def test_what_makes_no_sense_as_a_limit_is_none(value: int, base: float, multiplier: float) -> None:
    assert SpeedMask(zone(value), base, multiplier, percentage=True).limit_at(4.0, 2.0) == NO_LIMIT


def test_a_mask_with_a_base_that_is_not_finite_is_refused() -> None:
    with pytest.raises(MapError, match="must be finite"):
        KeepoutMask(zone(1), base=math.nan)


def test_a_huge_mask_is_refused_before_anything_is_made_of_it() -> None:
    with pytest.raises(MapError, match="too large"):
        SpeedMask(Grid(np.broadcast_to(np.int8(0), (MAX_CELLS, 2)), 0.05, 0.0, 0.0), 0.0, 1.0, percentage=True)


def test_only_full_value_forbids() -> None:
    points = np.array(((4.0, 2.0), (3.49, 2.0), (4.51, 2.0), (4.0, 0.9), (-1e9, 1e9)))
    assert KeepoutMask(zone(100)).forbids(points).tolist() == [True, False, False, False, False]
    assert not KeepoutMask(zone(99)).forbids(points).any()
    assert not KeepoutMask(zone(UNKNOWN)).forbids(points).any()
