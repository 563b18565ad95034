"""Parameters of the guard."""

from __future__ import annotations

import pytest

from astro_nav_common.errors import ParameterError
from astro_nav_reactive.params import GuardParams


def test_slow_clearance_must_exceed_the_margin() -> None:
    with pytest.raises(
        ParameterError, match=r"slow_clearance = 0\.02 m must be larger than GuardParams\.margin = 0\.02 m"
    ):
        GuardParams(margin=0.02, slow_clearance=0.02)


def test_a_rate_out_of_range_is_named() -> None:
    with pytest.raises(ParameterError, match=r"GuardParams\.rate_hz = 5\.0 must be a number from 20\.0 to 200\.0 Hz"):
        GuardParams(rate_hz=5.0)
