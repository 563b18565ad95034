"""Jumps of the localisation: about where the robot is, and back."""

from __future__ import annotations

import pytest

from astro_nav_common.geometry import between, compose
from astro_nav_common.types import Pose
from astro_nav_sim.localisation import Jump, JumpError


def test_the_robot_is_believed_to_be_off_by_the_jump_and_then_right_again() -> None:
    error = JumpError((Jump(1.0, 0.2, -0.1, 0.09), Jump(2.0, 0.0, 0.0, 0.0)))
    odom_map, base_odom = Pose(3.0, 5.0, 2.0), Pose(4.0, 1.0, -0.5)
    truth = compose(odom_map, base_odom)
    assert error.applied(odom_map, base_odom, 0.9) == pytest.approx(odom_map)
    for now in (1.0, 1.9):
        believed = compose(error.applied(odom_map, base_odom, now), base_odom)
        assert between(truth, believed) == pytest.approx((0.2, -0.1, 0.09))
    assert error.applied(odom_map, base_odom, 2.0) == pytest.approx(odom_map)
