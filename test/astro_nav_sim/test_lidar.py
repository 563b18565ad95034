"""The lidar against ranges computed by hand, and its errors against their parameters."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from astro_nav_common.geometry import compose, transform_points
from astro_nav_common.types import Command, Pose, Scan
from astro_nav_sim.robot import LidarParams, SimRobot
from astro_nav_sim.simulator import ScanEvent, Simulator
from astro_nav_sim.world import Box, Cylinder, World

HALF_X, HALF_Y = 3.0, 2.0
ROOM = (
    Box("east", HALF_X + 0.1, 0.0, 0.0, 0.2, 6.0),
    Box("west", -HALF_X - 0.1, 0.0, 0.0, 0.2, 6.0),
    Box("north", 0.0, HALF_Y + 0.1, 0.0, 8.0, 0.2),
    Box("south", 0.0, -HALF_Y - 0.1, 0.0, 8.0, 0.2),
)


def with_lidar(robot: SimRobot, **changes) -> SimRobot:
    """The robot with its lidar changed."""
    return replace(robot, lidars=(replace(robot.lidars[0], **changes),))


def first_scan(world: World, robot: SimRobot, seed: int = 0) -> Scan:
    """The first scan of a robot that stands."""
    sim = Simulator(world, robot, seed)
    while True:
        for event in sim.step():
            if isinstance(event, ScanEvent):
                return event.scan


def angles(scan: Scan) -> np.ndarray:
    """Of all beams, sensor frame."""
    return scan.angle_min + scan.angle_increment * np.arange(len(scan.ranges))


def room_ranges(pose: Pose, beam_angles: np.ndarray) -> np.ndarray:
    """Distances from a pose to the walls of ROOM."""
    c, s = np.cos(beam_angles + pose.yaw), np.sin(beam_angles + pose.yaw)
    with np.errstate(divide="ignore"):
        to_x = np.where(c > 0, (HALF_X - pose.x) / c, (-HALF_X - pose.x) / c)
        to_y = np.where(s > 0, (HALF_Y - pose.y) / s, (-HALF_Y - pose.y) / s)
    return np.minimum(np.where(c == 0, np.inf, to_x), np.where(s == 0, np.inf, to_y))


def test_ranges_in_a_room_are_exact(robot) -> None:
    start = Pose(0.4, -0.7, 0.5)
    scan = first_scan(World("room", ROOM, start), robot.ideal())
    expected = room_ranges(compose(start, scan.sensor_base), angles(scan))
    assert np.abs(scan.ranges - expected).max() < 3e-3  # the robot's settling tilts it by a milliradian


def test_a_mounted_lidar_sees_from_its_mount(astro) -> None:
    turned = with_lidar(astro, x=0.1, y=0.05, yaw=1.2, fov=math.pi, beams=181)
    scan = first_scan(World("room", ROOM, Pose(0.0, 0.0, 0.0)), turned)
    assert scan.sensor_base == pytest.approx((0.1, 0.05, 1.2))
    assert np.abs(scan.ranges - room_ranges(scan.sensor_base, angles(scan))).max() < 3e-3


def test_a_cylinder_is_seen_at_its_surface(astro) -> None:
    world = World("w", (Cylinder("post", 2.0, 0.0, 0.3, 0.0, 1.0),), Pose(0.0, 0.0, 0.0))
    scan = first_scan(world, with_lidar(astro, fov=0.2, beams=3))
    oblique = 2 * math.cos(0.1) - math.sqrt(0.09 - 4 * math.sin(0.1) ** 2)
    assert scan.ranges == pytest.approx([oblique, 1.7, oblique], abs=2e-3)


def test_only_what_reaches_into_the_scan_plane_is_seen(astro) -> None:
    low = Box("low", 1.0, 0.0, 0.0, 0.2, 1.0, 0.0, 0.15)
    high = Box("high", 1.5, 0.0, 0.0, 0.2, 1.0, 0.25, 1.0)
    behind = Box("behind", 2.1, 0.0, 0.0, 0.2, 1.0, 0.15, 0.25)
    scan = first_scan(World("w", (low, high, behind), Pose(0.0, 0.0, 0.0)), with_lidar(astro, z=0.2))
    assert scan.ranges[len(scan.ranges) // 2] == pytest.approx(2.0, abs=5e-3)


def test_the_robot_does_not_see_itself_and_nothing_is_infinite(plain, robot) -> None:
    assert np.isinf(first_scan(plain, robot.ideal()).ranges).all()


def test_beyond_the_range_is_infinite(astro) -> None:
    scan = first_scan(World("room", ROOM, Pose(0.0, 0.0, 0.0)), with_lidar(astro, range_max=2.5))
    expected = room_ranges(Pose(0.0, 0.0, 0.0), angles(scan))
    assert np.array_equal(
        np.isinf(scan.ranges[np.abs(expected - 2.5) > 0.01]), (expected > 2.5)[np.abs(expected - 2.5) > 0.01]
    )


def test_noise_dropout_and_steps_are_as_declared(astro) -> None:
    noisy = with_lidar(astro, beams=5000, noise=0.03, dropout=0.1, resolution=0.01)
    scan = first_scan(World("room", ROOM, Pose(0.0, 0.0, 0.0)), noisy)
    seen = ~np.isnan(scan.ranges)
    error = scan.ranges[seen] - room_ranges(Pose(0.0, 0.0, 0.0), angles(scan))[seen]
    assert seen.mean() == pytest.approx(0.9, abs=0.02)
    assert error.std() == pytest.approx(0.03, rel=0.1)
    assert np.abs(scan.ranges[seen] * 100 - np.round(scan.ranges[seen] * 100)).max() < 1e-3


@pytest.mark.parametrize("spinning", [False, True])
def test_stamps_say_when_each_beam_was_taken(astro, spinning) -> None:
    """While turning at 2 rad/s, points placed by the true pose at each beam's own time lie on the walls."""
    sim = Simulator(World("room", ROOM, Pose(0.3, 0.2, 0.0)), with_lidar(astro, spinning=spinning), 0)
    truths, scans = [], []
    while sim.time < 2.0:
        sim.send(Command(0.2, 2.0))
        scans += [event.scan for event in sim.step() if isinstance(event, ScanEvent)]
        truths.append(sim.truth())
    scan, times = scans[-2], np.array([s.t for s in truths])
    beam_times = scan.t + scan.time_increment * np.arange(len(scan.ranges))
    assert (scan.time_increment > 0.0) == spinning
    x, y = (np.interp(beam_times, times, [s[i] for s in truths]) for i in (1, 2))
    yaw = np.interp(beam_times, times, np.unwrap([s.yaw for s in truths]))
    error = [r - room_ranges(Pose(*p), a)[0] for r, a, *p in zip(scan.ranges, angles(scan)[:, None], x, y, yaw)]
    assert np.abs(error).max() < 0.03


def test_field_of_view_and_increment_agree() -> None:
    half = LidarParams(fov=math.pi, beams=181)
    assert half.angle_min + 180 * half.angle_increment == pytest.approx(math.pi / 2)
    circle = LidarParams(beams=360)
    assert circle.angle_min + 360 * circle.angle_increment == pytest.approx(math.pi)


def test_points_of_a_scan_lie_on_the_walls_in_the_world(astro) -> None:
    start = Pose(-1.0, 0.5, 2.5)
    scan = first_scan(World("room", ROOM, start), astro)
    points_sensor = scan.ranges[:, None] * np.stack((np.cos(angles(scan)), np.sin(angles(scan))), axis=-1)
    points = transform_points(compose(start, scan.sensor_base), points_sensor)
    on_wall = np.minimum(np.abs(np.abs(points[:, 0]) - HALF_X), np.abs(np.abs(points[:, 1]) - HALF_Y))
    assert on_wall.max() < 3e-3


def test_stamps_are_off_by_their_error(robot) -> None:
    right, off = (
        first_scan(World("room", ROOM, Pose(0.0, 0.0, 0.0)), with_lidar(robot, stamp_error=e)) for e in (0.0, 0.03)
    )
    assert off.t - right.t == pytest.approx(0.03)
