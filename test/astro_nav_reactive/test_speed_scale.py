"""How fast: braking that goes on while somebody moves, room that is believed later."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.robot import RobotParams
from astro_nav_reactive.caps import Cap
from astro_nav_reactive.motion import RIM, TIME
from astro_nav_reactive.output import Output
from astro_nav_reactive.params import GuardParams
from astro_nav_reactive.speed_scale import SpeedScale
from astro_nav_reactive.tracking import Law

ROBOT, PARAMS, DT, SPEED = RobotParams(), GuardParams(), 0.02, 0.8


class Drive:
    """A robot at `SPEED` on a straight path that meets something after `room` m of rim."""

    def __init__(self, lively: bool) -> None:
        self.scale, self.lively = SpeedScale(PARAMS, ROBOT), lively
        self.out = Output(ROBOT, Law.of(PARAMS, ROBOT))
        while self.out.rim < SPEED - 1e-6:
            self.out.send(SPEED, 0.0, 0.0, 0.0, 0.0, DT, braking=False)

    def step(self, room: float) -> tuple[float, bool]:
        """The speed chosen, m/s, and whether by full braking."""
        path = np.zeros((201, 7))
        path[:, RIM] = 0.02 * np.arange(201)
        path[:, TIME] = path[:, RIM] / SPEED
        clearance = np.where(path[:, RIM] < room, 1.0, -0.01)
        out = self.out
        choice = self.scale.choose(path, clearance, 0, out.rim, SPEED, 0.0, Cap(), out, DT, self.lively)
        out.send(choice.speed, 0.0, (choice.speed - out.rim) / DT, 0.0, 0.0, DT, choice.braking)
        return choice.speed, choice.braking


@pytest.mark.parametrize(("lively", "further"), [(False, 0), (True, 3)])
def test_full_braking_goes_on_for_a_moment_where_somebody_moves(lively: bool, further: int) -> None:
    drive = Drive(lively)
    assert drive.step(0.1) == (pytest.approx(SPEED - ROBOT.brake_accel * DT), True)
    assert [drive.step(math.inf)[1] for _ in range(6)] == [True] * further + [False] * (6 - further)


def test_room_that_wavers_makes_less_stop_and_go_where_somebody_moves() -> None:
    gained = []
    for lively in (False, True):
        drive = Drive(lively)
        for _ in range(12):
            drive.step(0.1)
        speeds = [drive.step(0.6 if i % 20 < 10 else 0.12)[0] for i in range(100)]
        gained.append(float(np.clip(np.diff(speeds), 0.0, None).sum()))
    assert 0.0 < gained[1] < 0.8 * gained[0]
