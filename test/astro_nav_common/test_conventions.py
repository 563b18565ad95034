"""Angles."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from astro_nav_common.conventions import wrap_angle, wrap_angles

angles = st.floats(-50.0, 50.0)


@given(angle=angles)
def test_a_wrapped_angle_is_the_same_direction_within_half_a_turn(angle: float) -> None:
    wrapped = wrap_angle(angle)
    assert -math.pi < wrapped <= math.pi
    assert math.sin(wrapped) == pytest.approx(math.sin(angle), abs=1e-12)
    assert math.cos(wrapped) == pytest.approx(math.cos(angle), abs=1e-12)
    assert wrap_angles(np.array([angle]))[0] == wrapped


def test_half_a_turn_is_positive() -> None:
    assert wrap_angle(-math.pi) == wrap_angle(math.pi) == math.pi
