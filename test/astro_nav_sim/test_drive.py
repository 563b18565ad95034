"""The base's controller: delay, lag, limits."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from astro_nav_common.types import Command
from astro_nav_sim.drive import Drive
from astro_nav_sim.robot import load_sim_robot

DT = 0.005
ASTRO = load_sim_robot("astro")


def run(drive: Drive, begin: float, until: float) -> list[tuple[float, float, float]]:
    """(time at the end of the step, left, right) of each step."""
    rows, steps = [], round((until - begin) / DT)
    for k in range(steps):
        drive.step(begin + k * DT, DT)
        rows.append((begin + (k + 1) * DT, drive.left, drive.right))
    return rows


def test_nothing_moves_before_the_delay_is_over() -> None:
    drive = Drive(ASTRO.params, replace(ASTRO.base, delay=0.1))
    drive.send(0.0, Command(1.0, 0.0))
    moving = [t for t, left, _ in run(drive, 0.0, 0.3) if left > 0.0]
    assert moving[0] == pytest.approx(0.1 + DT)


def test_jitter_varies_the_delay_and_keeps_the_order() -> None:
    base = replace(ASTRO.base, delay=0.1, delay_jitter=0.05, time_constant=0.0, wheel_accel_max=100.0)
    drive = Drive(ASTRO.params, base, np.random.default_rng(0))
    speeds = [0.01 * k for k in range(1, 60)]
    seen: dict[float, float] = {}
    for k in range(400):
        if k % 4 == 0 and k // 4 < len(speeds):
            drive.send(k * DT, Command(speeds[k // 4], 0.0))
        drive.step(k * DT, DT)
        seen.setdefault(round(drive.left, 6), k * DT)
    taken = [speed for speed in speeds if speed in seen]
    delays = [seen[speed] - 0.02 * speeds.index(speed) for speed in taken]
    assert list(seen) == sorted(seen)
    assert min(delays) > 0.045 and max(delays) < 0.16 and max(delays) - min(delays) > 0.05


def test_first_order_lag_reaches_63_percent_after_its_time_constant() -> None:
    base = replace(ASTRO.base, delay=0.0, time_constant=0.2, wheel_accel_max=100.0)
    drive = Drive(ASTRO.params, base)
    drive.send(0.0, Command(0.5, 0.0))
    assert run(drive, 0.0, 0.2)[-1][1] == pytest.approx(0.5 * (1.0 - math.exp(-1.0)), rel=1e-6)


def test_stops_when_no_command_comes() -> None:
    drive = Drive(ASTRO.params, replace(ASTRO.base, command_timeout=0.3))
    drive.send(0.0, Command(0.5, 0.0))
    rows = run(drive, 0.0, 2.0)
    assert max(left for _, left, _ in rows) > 0.4
    assert abs(rows[-1][1]) < 1e-3


def test_too_fast_a_command_keeps_its_curvature() -> None:
    drive = Drive(ASTRO.params, ASTRO.base)
    drive.send(0.0, Command(3.0, 6.0))
    _, left, right = run(drive, 0.0, 0.45)[-1]
    assert right == pytest.approx(ASTRO.base.wheel_speed_max, rel=1e-2)
    assert (right - left) / (right + left) == pytest.approx(0.11 * 6.0 / 3.0, rel=2e-2)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-20, 20), st.floats(-7, 7)), min_size=1, max_size=20))
def test_limits_hold_for_any_commands(commands: list[tuple[float, float, float]]) -> None:
    drive, base, params = Drive(ASTRO.params, ASTRO.base), ASTRO.base, ASTRO.params
    before = (0.0, 0.0, 0.0, 0.0)
    for k in range(20 * len(commands)):
        if k % 20 == 0:
            drive.send(k * DT, Command(*commands[k // 20]))
        drive.step(k * DT, DT)
        now = (drive.left, drive.right, drive.pan, drive.pan_rate)
        assert max(abs(now[0]), abs(now[1])) <= base.wheel_speed_max + 1e-9
        assert max(abs(now[i] - before[i]) for i in (0, 1)) <= base.wheel_accel_max * DT + 1e-9
        assert abs(now[2]) <= params.pan_limit + 1e-9
        assert abs(now[3]) <= params.pan_rate_max + 1e-9
        assert abs(now[3] - before[3]) <= params.pan_accel_max * DT + 1e-9
        before = now
