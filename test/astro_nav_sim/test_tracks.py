"""Key-framed tracks against the rule of the DynaBARN data's README, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from astro_nav_common.errors import WorldError
from astro_nav_sim.tracks import Track, TrackSet

TIMES = np.array([0.0, 1.0, 3.0, 4.0])
POINTS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 2.0], [4.0, 2.0]])


def test_passes_through_every_key_frame() -> None:
    track = Track(TIMES, POINTS, 5.0)
    for t, point in zip(TIMES, POINTS):
        assert track.position(float(t)) == pytest.approx(point, abs=1e-9)


def test_middle_of_an_inner_segment_matches_the_hermite_formula() -> None:
    # u = 1/2: p = (p1 + p2)/2 + (m1 - m2)/8 with m1 = (p2 - p0)/2, m2 = (p3 - p1)/2
    m1, m2 = (POINTS[2] - POINTS[0]) / 2, (POINTS[3] - POINTS[1]) / 2
    expected = (POINTS[1] + POINTS[2]) / 2 + (m1 - m2) / 8
    assert Track(TIMES, POINTS, 4.0).position(2.0) == pytest.approx(expected)


def test_ends_take_half_the_difference_to_the_one_neighbour() -> None:
    tangents = Track(TIMES, POINTS, 4.0).tangents
    assert tangents[0] == pytest.approx((POINTS[1] - POINTS[0]) / 2)
    assert tangents[-1] == pytest.approx((POINTS[3] - POINTS[2]) / 2)


def test_closed_track_has_the_same_tangent_at_both_ends() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 2.0], [0.0, 0.0]])
    tangents = Track(TIMES, points, 4.0).tangents
    assert tangents[0] == pytest.approx((points[1] - points[2]) / 2)
    assert tangents[-1] == pytest.approx(tangents[0])


def test_jumps_back_to_the_first_key_frame_at_the_end_of_the_period() -> None:
    track = Track(TIMES, POINTS, 4.0)
    assert track.position(4.0 - 1e-9) == pytest.approx(POINTS[-1], abs=1e-6)
    assert track.position(4.0) == pytest.approx(POINTS[0], abs=1e-9)


def test_waits_at_the_last_key_frame_until_a_longer_period_ends() -> None:
    assert Track(TIMES, POINTS, 6.0).position(5.0) == pytest.approx(POINTS[-1])


@given(st.floats(0.0, 100.0), st.floats(0.0, 10.0))
def test_phase_shifts_time(t: float, phase: float) -> None:
    shifted = Track(TIMES, POINTS, 4.0, phase).position(t)
    now = (t + phase) % 4.0
    # both sides of the jump are right when rounding decides on which one the time falls
    plain = [Track(TIMES, POINTS, 4.0).position(max(now + e, 0.0)) for e in (-1e-9, 0.0, 1e-9)]
    assert any(shifted == pytest.approx(p, abs=1e-6) for p in plain)


def test_a_set_evaluates_each_track_at_the_same_time() -> None:
    first, second = Track(TIMES, POINTS, 4.0), Track(TIMES[:2], POINTS[2:], 1.5, 0.3)
    positions = TrackSet((first, second)).positions(0.7)
    assert positions[0] == pytest.approx(first.position(0.7))
    assert positions[1] == pytest.approx(second.position(0.7))


@pytest.mark.parametrize(
    ("times", "period"), [([0.0], 1.0), ([0.0, 0.0], 1.0), ([1.0, 2.0], 3.0), ([0.0, 2.0], 1.0), ([0.0, np.nan], 1.0)]
)
def test_malformed_tracks_are_refused(times: list[float], period: float) -> None:
    with pytest.raises(WorldError, match="track"):
        Track(np.array(times), np.zeros((len(times), 2)), period)
