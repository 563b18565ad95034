"""The stand-in for tf2_ros against transforms computed by hand."""

from __future__ import annotations

import math
from threading import Timer
from time import monotonic

import pytest
from geometry_msgs.msg import TransformStamped
from pytest import approx
from rclpy.duration import Duration
from rclpy.time import Time
from tf2_ros import (
    Buffer,
    ConnectivityException,
    ExtrapolationException,
    InvalidArgumentException,
    LookupException,
    TransformException,
)

QUARTER = math.pi / 2


def at(seconds: float) -> Time:
    return Time(nanoseconds=round(seconds * 1e9))


def make(parent: str, child: str, seconds: float, x: float = 0.0, y: float = 0.0, yaw: float = 0.0) -> TransformStamped:
    """Where `child` is in `parent`."""
    message = TransformStamped(child_frame_id=child)
    message.header.frame_id, message.header.stamp = parent, at(seconds).to_msg()
    message.transform.translation.x, message.transform.translation.y = x, y
    message.transform.rotation.z, message.transform.rotation.w = math.sin(yaw / 2), math.cos(yaw / 2)
    return message


def planar(message: TransformStamped) -> tuple[float, float, float]:
    """x, y, yaw."""
    t, q = message.transform.translation, message.transform.rotation
    return t.x, t.y, 2.0 * math.atan2(q.z, q.w)


@pytest.fixture
def buffer() -> Buffer:
    """map -> odom -> base from 1 s to 2 s, and base -> laser for good.

    In odom the base drives from (1, 0) to (3, 0) and turns from 0 to a quarter; odom stands in map at (10, 0), turned
    by a quarter; the laser looks backwards, 0.5 m ahead of the base.
    """
    result = Buffer()
    for seconds, x, yaw in ((1.0, 1.0, 0.0), (2.0, 3.0, QUARTER)):
        result.set_transform(make("map", "odom", seconds, x=10.0, yaw=QUARTER), "test")
        result.set_transform(make("odom", "base", seconds, x=x, yaw=yaw), "test")
    result.set_transform_static(make("base", "laser", 0.0, x=0.5, yaw=math.pi), "test")
    return result


def test_a_link_at_a_stored_time_is_returned_as_it_came(buffer: Buffer) -> None:
    found = buffer.lookup_transform("odom", "base", at(1.0))
    assert planar(found) == approx((1.0, 0.0, 0.0))
    assert (found.header.frame_id, found.child_frame_id) == ("odom", "base")
    assert found.header.stamp == at(1.0).to_msg()


def test_against_the_direction_of_the_tree_the_inverse_is_returned(buffer: Buffer) -> None:
    # the base at (3, 0) looks along +y: odom's origin is 3 m to its left, that is at (0, 3), and turned back
    assert planar(buffer.lookup_transform("base", "odom", at(2.0))) == approx((0.0, 3.0, -QUARTER), abs=1e-12)


def test_a_chain_of_three_links_is_composed(buffer: Buffer) -> None:
    # at 1 s the laser is at (1.5, 0) in odom, turned by pi; odom's x axis is map's y axis
    x, y, yaw = planar(buffer.lookup_transform("map", "laser", at(1.0)))
    assert (x, y) == approx((10.0, 1.5), abs=1e-12)
    assert math.cos(yaw - 1.5 * math.pi) == approx(1.0)


def test_two_branches_meet_at_their_common_ancestor(buffer: Buffer) -> None:
    buffer.set_transform_static(make("base", "camera", 0.0, y=0.2), "test")
    # seen from the laser, which looks backwards, the camera is 0.5 m ahead and 0.2 m to the right
    assert planar(buffer.lookup_transform("laser", "camera", at(77.0)))[:2] == approx((0.5, -0.2))


def test_between_two_stamps_it_is_interpolated(buffer: Buffer) -> None:
    assert planar(buffer.lookup_transform("odom", "base", at(1.25))) == approx((1.5, 0.0, QUARTER / 4))


def test_rotations_are_interpolated_the_shorter_way_round() -> None:
    buffer = Buffer()
    a, b = make("odom", "base", 1.0, yaw=0.9 * math.pi), make("odom", "base", 2.0, yaw=-0.9 * math.pi)
    buffer.set_transform(a, "test")
    buffer.set_transform(b, "test")
    yaw = planar(buffer.lookup_transform("odom", "base", at(1.5)))[2]
    assert math.cos(yaw) == approx(-1.0)


def test_a_static_transform_holds_at_any_time(buffer: Buffer) -> None:
    for seconds in (0.0, 0.001, 1e6):
        assert planar(buffer.lookup_transform("base", "laser", at(seconds)))[0] == approx(0.5)


def test_time_zero_is_the_newest_time_known_for_all_links(buffer: Buffer) -> None:
    buffer.set_transform(make("odom", "base", 3.0, x=7.0), "test")  # map -> odom is known until 2 s only
    found = buffer.lookup_transform("map", "base", Time())
    assert found.header.stamp == at(2.0).to_msg()
    assert planar(found)[:2] == approx((10.0, 3.0))
    assert buffer.lookup_transform("odom", "base", Time()).header.stamp == at(3.0).to_msg()


@pytest.mark.parametrize(("seconds", "direction"), [(0.5, "past"), (2.5, "future")])
def test_outside_of_the_stored_times_nothing_is_made_up(buffer: Buffer, seconds: float, direction: str) -> None:
    with pytest.raises(ExtrapolationException, match=rf"(?s){direction}.*'laser' to frame 'map'"):
        buffer.lookup_transform("map", "laser", at(seconds))


def test_a_gap_above_the_common_ancestor_does_not_matter(buffer: Buffer) -> None:
    buffer.set_transform(make("base", "head", 5.0), "test")
    assert planar(buffer.lookup_transform("laser", "head", at(5.0)))[:2] == approx((0.5, 0.0))


def test_frames_of_two_trees_are_not_connected(buffer: Buffer) -> None:
    buffer.set_transform(make("elsewhere", "thing", 1.0), "test")
    for time in (at(1.0), Time()):
        with pytest.raises(ConnectivityException, match=r"'thing'.*'map'"):
            buffer.lookup_transform("map", "thing", time)


def test_an_unknown_frame_is_named(buffer: Buffer) -> None:
    with pytest.raises(LookupException, match="source_frame 'leaser'"):
        buffer.lookup_transform("map", "leaser", at(1.0))


@pytest.mark.parametrize("name", ["", "/map"])
def test_a_name_that_no_frame_can_have_is_refused(buffer: Buffer, name: str) -> None:
    with pytest.raises(InvalidArgumentException):
        buffer.lookup_transform(name, "base", at(1.0))


def test_all_errors_are_transform_exceptions() -> None:
    errors = (ConnectivityException, ExtrapolationException, InvalidArgumentException, LookupException)
    assert all(issubclass(error, TransformException) for error in errors)


def test_a_frame_in_itself_is_the_identity(buffer: Buffer) -> None:
    assert planar(buffer.lookup_transform("base", "base", at(9.0))) == (0.0, 0.0, 0.0)


def test_what_was_seen_then_is_placed_where_it_is_now(buffer: Buffer) -> None:
    # at 1 s the base was at (1, 0) in odom; at 2 s it is at (3, 0) and looks along +y: the old place is 2 m to its left
    found = buffer.lookup_transform_full("base", at(2.0), "base", at(1.0), "odom")
    assert planar(found) == approx((0.0, 2.0, -QUARTER), abs=1e-12)
    assert buffer.can_transform_full("base", at(2.0), "base", at(1.0), "odom")
    assert not buffer.can_transform_full("base", at(2.0), "base", at(3.0), "odom")


def test_can_transform_tells_and_says_why(buffer: Buffer) -> None:
    assert buffer.can_transform("map", "laser", at(1.5)) is True
    assert buffer.can_transform("map", "laser", at(2.5)) is False
    possible, reason = buffer.can_transform("map", "laser", at(2.5), return_debug_tuple=True)
    assert not possible
    assert "future" in reason


def test_what_is_older_than_the_cache_time_is_forgotten() -> None:
    buffer = Buffer(cache_time=Duration(seconds=2))
    for i in range(100):
        buffer.set_transform(make("odom", "base", 1.0 + 0.1 * i, x=float(i)), "test")
    assert planar(buffer.lookup_transform("odom", "base", at(9.0)))[0] == approx(80.0)
    assert not buffer.can_transform("odom", "base", at(2.0))


def test_transforms_may_arrive_out_of_order() -> None:
    buffer = Buffer()
    for seconds in (1.0, 3.0, 2.0):
        buffer.set_transform(make("odom", "base", seconds, x=seconds**2), "test")
    assert planar(buffer.lookup_transform("odom", "base", at(2.5)))[0] == approx(6.5)


def test_clearing_keeps_what_is_static(buffer: Buffer) -> None:
    buffer.clear()
    assert buffer.can_transform("base", "laser", at(1.0))
    assert not buffer.can_transform("odom", "base", at(1.0))


@pytest.mark.parametrize(
    "broken", [make("odom", "base", 5.0, x=math.nan), make("base", "base", 5.0), make("", "base", 5.0)]
)
def test_a_transform_that_cannot_be_one_is_dropped(buffer: Buffer, broken: TransformStamped) -> None:
    buffer.set_transform(broken, "test")
    assert buffer.lookup_transform("odom", "base", Time()).header.stamp == at(2.0).to_msg()


def test_a_quaternion_of_zeros_is_dropped(buffer: Buffer) -> None:
    broken = make("odom", "base", 5.0)
    broken.transform.rotation.w = 0.0
    buffer.set_transform(broken, "test")
    assert not buffer.can_transform("odom", "base", at(5.0))


def test_a_look_up_waits_for_what_is_on_its_way(buffer: Buffer) -> None:
    late = Timer(0.1, buffer.set_transform, (make("odom", "base", 4.0, x=8.0), "test"))
    late.start()
    began = monotonic()
    found = buffer.lookup_transform("odom", "base", at(3.0), timeout=Duration(seconds=10))
    assert planar(found)[0] == approx(5.5)
    assert 0.05 < monotonic() - began < 5.0
    late.join()


def test_a_look_up_gives_up_after_its_time_out(buffer: Buffer) -> None:
    began = monotonic()
    with pytest.raises(ExtrapolationException):
        buffer.lookup_transform("odom", "base", at(3.0), Duration(seconds=0.15))
    assert 0.15 <= monotonic() - began < 2.0
