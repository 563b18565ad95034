"""Robot descriptions."""

from __future__ import annotations

import math

import pytest

from astro_nav_common.errors import ParameterError, WorldError
from astro_nav_common.robot import load_robot
from astro_nav_sim.robot import load_sim_robot


def test_the_hardware_can_do_what_the_planners_ask(robot) -> None:
    params, base = robot.params, robot.base
    assert base.wheel_speed_max >= params.wheel_speed_max
    assert base.wheel_accel_max >= params.wheel_accel_max
    assert base.wheel_accel_max >= params.brake_accel
    assert base.friction * 9.81 >= params.brake_accel


def test_the_jackal_is_that_of_barn() -> None:
    jackal = load_sim_robot("jackal")
    lidar = jackal.lidars[0]
    assert jackal.params == load_robot("jackal")
    assert (lidar.beams, lidar.noise, lidar.resolution, lidar.range_max) == (720, 0.001, 0.01, 30.0)
    assert lidar.angle_min == pytest.approx(-2.35619, abs=1e-4)
    assert lidar.angle_min + 719 * lidar.angle_increment == pytest.approx(2.35619, abs=1e-4)


def test_delayed_adds_latencies_and_changes_nothing_else(robot) -> None:
    late = robot.delayed(sensing=0.2, actuation=0.1)
    assert late.lidars[0].latency == pytest.approx(robot.lidars[0].latency + 0.2)
    assert late.base.delay == pytest.approx(robot.base.delay + 0.1)
    assert late.params == robot.params
    assert late.delayed(-0.2, -0.1).lidars[0].latency == pytest.approx(robot.lidars[0].latency)


def test_ideal_has_no_errors_and_no_lag(robot) -> None:
    ideal = robot.ideal()
    odometry = ideal.odometry.to_dict()
    rate = odometry.pop("rate_hz")
    assert rate == robot.odometry.rate_hz
    assert not any(odometry.values())
    lidar = ideal.lidars[0]
    assert not any(
        (lidar.noise, lidar.dropout, lidar.latency, lidar.resolution, ideal.base.delay, ideal.base.time_constant)
    )


@pytest.mark.parametrize("name", ["roomba", "roomba.yaml"])
def test_an_unknown_robot_is_answered_with_those_there_are(name) -> None:
    with pytest.raises(WorldError, match=r"unknown robot .*; there are: astro, jackal"):
        load_sim_robot(name)


@pytest.mark.parametrize(
    ("text", "error", "match"),
    [
        ("robot: astro", WorldError, "'robot' and 'lidars'"),
        ("[", WorldError, "cannot read"),
        ("robot: astro\nlidars: [{beams: 0}]", ParameterError, "LidarParams.beams = 0"),
        ("robot: astro\nlidars: [{rays: 10}]", ParameterError, "no parameter 'rays'"),
        ("robot: astro\nlidars: [5]", ParameterError, "r.yaml"),
        ("robot: astro\nlidars: [{}]\nbase: {mass: -1}", ParameterError, "BaseParams.mass = -1"),
        ("robot: astro\nlidars: [{}]\nwheels: 3", WorldError, "'robot' and 'lidars'"),
        ("robot: roomba\nlidars: [{}]", ParameterError, "unknown robot 'roomba'"),
    ],
)
def test_malformed_descriptions_are_refused(tmp_path, text, error, match) -> None:
    (tmp_path / "r.yaml").write_text(text)
    with pytest.raises(error, match=match):
        load_sim_robot(str(tmp_path / "r.yaml"))


def test_a_full_circle_does_not_take_its_first_beam_twice(robot) -> None:
    for lidar in robot.lidars:
        last = lidar.angle_min + (lidar.beams - 1) * lidar.angle_increment
        assert last - lidar.angle_min < 2 * math.pi - 0.5 * lidar.angle_increment
