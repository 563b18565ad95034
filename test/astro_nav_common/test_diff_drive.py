"""Differential-drive kinematics."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from astro_nav_common.diff_drive import advance, arc_step, move, to_body, to_wheels
from astro_nav_common.types import Pose, State

speeds = st.floats(-2.0, 2.0)
rates = st.one_of(st.floats(-4.0, 4.0), st.floats(-1e-2, 1e-2))


def integrated(v: float, w: float, dt: float, steps: int = 20_000) -> tuple[float, float, float]:
    """Midpoint integration of the unicycle from (1, -2, 0.5)."""
    h = dt / steps
    yaw = 0.5 + w * h * (np.arange(steps) + 0.5)
    return 1.0 + float(v * h * np.cos(yaw).sum()), -2.0 + float(v * h * np.sin(yaw).sum()), 0.5 + w * dt


@settings(max_examples=60, deadline=None)
@given(v=speeds, w=rates, dt=st.floats(-1.0, 2.0))
def test_an_arc_is_the_integral_of_the_unicycle(v: float, w: float, dt: float) -> None:
    assert arc_step(1.0, -2.0, 0.5, v, w, dt) == pytest.approx(integrated(v, w, dt), abs=1e-7)


@given(v=speeds, w=rates, track=st.floats(0.1, 1.0))
def test_wheels_and_body_are_two_views_of_one_motion(v: float, w: float, track: float) -> None:
    left, right = to_wheels(v, w, track)
    assert to_body(left, right, track) == pytest.approx((v, w), abs=1e-12)
    assert max(abs(left), abs(right)) == pytest.approx(abs(v) + 0.5 * track * abs(w))


def test_a_left_turn_has_the_faster_wheel_on_the_right() -> None:
    left, right = to_wheels(0.5, 1.0, 0.2)
    assert (left, right) == pytest.approx((0.4, 0.6))


def test_a_quarter_circle_ends_where_it_should() -> None:
    assert move(Pose(0.0, 0.0, 0.0), 1.0, 1.0, math.pi / 2) == pytest.approx((1.0, 1.0, math.pi / 2))


def test_advancing_moves_pose_and_time_and_nothing_else() -> None:
    state = State(2.0, 1.0, -2.0, 0.5, 0.7, 0.3, 0.1, 0.2, 0.4, 0.6)
    later = advance(state, 0.5)
    assert later.t == 2.5
    assert later.pose == pytest.approx(arc_step(1.0, -2.0, 0.5, 0.7, 0.3, 0.5))
    assert later[4:] == state[4:]
