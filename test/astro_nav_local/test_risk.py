"""Risk: the distance of the exact footprint, the probability made of it, and survival along a motion."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.special import ndtr

from astro_nav_common.distance_field import distance_field
from astro_nav_common.footprint import Footprint
from astro_nav_common.geometry import inverse, transform_points
from astro_nav_common.jit import kernel
from astro_nav_common.robot import load_robot
from astro_nav_common.types import Pose
from astro_nav_local.risk import RiskModel, crowd, normal_tail, survive
from astro_nav_local.rollout import COLUMNS, YAW, V, X, Y
from astro_nav_local.scene import Body, Frame, Scene, Shape
from astro_nav_local.sides import MAP_GROWTH, static_sides

RES, SIDE, FAR = 0.05, 120, 3.0
FRAME = Frame(-3.0, -3.0, RES)
MODEL = RiskModel(0.02, 0.0, 0.0, 1.0, 0.05)
NOBODY = (np.empty((61, 0, 4)), np.empty(0))


@kernel
def sides_at(  # type: ignore[no-untyped-def]
    x: float, y: float, yaw: float, pan: float, field: np.ndarray, frame: Frame, base: np.ndarray, screen: np.ndarray, body: Body,
    enough: float,
):  # fmt: skip
    """`static_sides` as a function that Python can call, asked for both sides."""
    return static_sides(x, y, math.cos(yaw), math.sin(yaw), pan, field, frame, base, screen, body, enough, 1.0, 1.0)


def distance_at(*args):  # type: ignore[no-untyped-def]
    """Distance to the nearest thing."""
    return sides_at(*args)[0]


@kernel
def tail(z: float) -> float:
    """`normal_tail` as a function that Python can call."""
    return normal_tail(z)


def field_of(cells: list[tuple[int, int]]) -> np.ndarray:
    """Distance field with those cells (row, col) occupied."""
    occupied = np.zeros((SIDE, SIDE), bool)
    for cell in cells:
        occupied[cell] = True
    field = np.empty((SIDE, SIDE), np.float32)
    distance_field(occupied, RES, FAR, field)
    return field


def scene_of(cells: list[tuple[int, int]], unseen: bool = False) -> Scene:
    """A scene with those cells occupied and nobody about."""
    field = field_of(cells)
    return Scene(field, np.zeros_like(field), np.full((SIDE, SIDE), unseen, np.uint8), FRAME, *NOBODY)


def straight(v: float, start_x: float = 0.0) -> np.ndarray:
    """A rollout (61, COLUMNS) along x at constant speed."""
    states = np.zeros((61, COLUMNS))
    states[:, X] = start_x + v * 0.05 * np.arange(61)
    states[:, V] = v
    return states


def survival_of(
    states: np.ndarray, scene: Scene, robot: str = "astro", model: RiskModel = MODEL
) -> tuple[np.ndarray, float]:
    """Survival (61,) along a rollout, and to rest."""
    out = np.empty(len(states))
    faced = np.empty(len(scene.people_radius))
    rest, _ = survive(states, 0.05, 1.0, 4.0, scene, Shape.of(Footprint.of(load_robot(robot))), model, out, faced)
    return out, rest


@pytest.mark.parametrize("robot", ["astro", "jackal"])
@settings(max_examples=150, deadline=None)
@given(
    x=st.floats(-0.5, 0.5), y=st.floats(-0.5, 0.5), yaw=st.floats(-math.pi, math.pi), pan=st.floats(-1.5, 1.5),
    cells=st.lists(st.tuples(st.integers(35, 85), st.integers(35, 85)), min_size=1, max_size=12),
)  # fmt: skip
def test_distance_is_that_of_the_exact_polygons_within_the_stated_bound(
    robot: str, x: float, y: float, yaw: float, pan: float, cells: list[tuple[int, int]]
) -> None:
    footprint = Footprint.of(load_robot(robot))
    shape = Shape.of(footprint)
    field = field_of(cells)
    got = distance_at(x, y, yaw, pan, field, FRAME, shape.base, shape.screen, shape.body, FAR)
    centers = np.array([((c + 0.5) * RES - 3.0, (r + 0.5) * RES - 3.0) for r, c in cells])
    exact = float(footprint.distances(transform_points(inverse(Pose(x, y, yaw)), centers), pan).min())
    # the discs' tolerance to either side of the bias, and the bilinear field between cell centres; an obstacle deep inside
    # the footprint is known to be inside, not how deep
    slack = 0.5 * footprint.tolerance + 0.75 * RES
    assert got >= max(exact, -0.05) - slack if exact > -0.05 else got < slack
    assert got <= max(exact, 0.0) + slack + MAP_GROWTH


@settings(max_examples=100, deadline=None)
@given(
    yaw=st.floats(-math.pi, math.pi),
    cells=st.lists(st.tuples(st.integers(50, 70), st.integers(50, 70)), min_size=1, max_size=5),
)
def test_the_fast_path_never_says_clear_where_the_whole_test_sees_contact(
    yaw: float, cells: list[tuple[int, int]]
) -> None:
    shape = Shape.of(Footprint.of(load_robot("astro")))
    field = field_of(cells)
    args = (0.0, 0.0, yaw, 0.0, field, FRAME, shape.base, shape.screen, shape.body)
    whole = distance_at(*args, FAR)
    for enough in (0.02, 0.1, 0.3):
        fast = distance_at(*args, enough)
        assert fast == pytest.approx(whole) if whole < enough else enough <= fast <= whole + 1e-6


@given(z=st.floats(-8.0, 8.0))
def test_normal_tail_is_the_normal_distribution(z: float) -> None:
    assert tail(z) == pytest.approx(ndtr(-z), abs=2e-4)


def test_survival_in_the_open_is_one() -> None:
    out, rest = survival_of(straight(0.8), scene_of([]))
    assert (out == 1.0).all()
    assert rest == 1.0


def test_survival_never_rises_and_ends_at_a_wall() -> None:
    wall = [(row, 90) for row in range(40, 80)]  # at x = 1.5
    out, rest = survival_of(straight(0.8), scene_of(wall))
    assert (np.diff(out) <= 1e-12).all()
    assert out[10] == pytest.approx(1.0)
    assert out[-1] < 0.01
    assert rest < 0.01


def test_ending_too_fast_to_stop_counts_although_the_horizon_is_clear() -> None:
    wall = [
        (row, 116) for row in range(40, 80)
    ]  # at x = 2.8; the drive ends at 2.4 with 0.8 m/s, the stop takes 0.32 m and the nose 0.21
    out, rest = survival_of(straight(0.8), scene_of(wall))
    assert out[-1] > 0.99
    assert rest < 0.3


def along_walls(*ys: float) -> tuple[np.ndarray, Scene]:
    """A drive from the open along walls along x at those y, and the scene."""
    return straight(0.5), scene_of([(int((y + 3.0) / RES), col) for y in ys for col in range(72, SIDE)])


def touching(d: float, model: RiskModel, v: float = 0.5) -> float:
    """Probability to touch at a distance, at once."""
    return float(ndtr(-d / math.hypot(model.base, model.speed * v)))


def test_a_lasting_error_is_not_counted_at_every_step() -> None:
    lasting = RiskModel(0.02, 0.0, 0.02, 1e6, 0.0)
    states, scene = along_walls(0.185)
    shape = Shape.of(Footprint.of(load_robot("astro")))
    d, beside, _ = sides_at(1.2, 0.0, 0.0, 0.0, scene.distance, FRAME, shape.base, shape.screen, shape.body, 1.0)
    assert beside == 1
    once = touching(d, lasting)
    assert 1.0 - survival_of(states, scene, model=lasting)[0][-1] == pytest.approx(once, rel=0.02)
    # the share of the map in it is the same all along; that of the tracking is drawn again and again
    fleeting = lasting._replace(memory=0.05)
    assert 1.0 - survival_of(states, scene, model=fleeting)[0][-1] > 2.0 * once
    assert 1.0 - survival_of(states, scene, model=fleeting._replace(speed=1e-6))[0][-1] == pytest.approx(
        touching(d, fleeting._replace(speed=0.0)), rel=0.02
    )


def test_things_on_both_sides_are_two_risks() -> None:
    model = RiskModel(0.04, 0.0, 0.0, 1.0, 0.0)
    left, right = (0.225,), (-0.175,)
    risks = []
    for walls in (left, right, left + right):
        states, scene = along_walls(*walls)
        states[:, Y] = (
            0.025  # midway, and on the middle of a row of cells: where two walls' distances meet, the field is exact only there
        )
        risks.append(1.0 - survival_of(states, scene, model=model)[0][-1])
    assert min(risks) > 0.02
    assert 1.0 - risks[2] == pytest.approx((1.0 - risks[0]) * (1.0 - risks[1]), rel=0.01)


def test_a_wall_ahead_is_one_risk() -> None:
    model = RiskModel(0.05, 0.0, 0.0, 1.0, 0.0)
    states = straight(0.5)
    states[40:, X], states[40:, V] = states[40, X], 0.0
    scene = scene_of([(row, 85) for row in range(SIDE)])  # at x = 1.275
    shape = Shape.of(Footprint.of(load_robot("astro")))
    d, beside, other = sides_at(
        states[-1, X], 0.0, 0.0, 0.0, scene.distance, FRAME, shape.base, shape.screen, shape.body, 1.0
    )
    assert (beside, other) == (0, np.inf)
    assert 1.0 - survival_of(states, scene, model=model)[0][-1] == pytest.approx(float(ndtr(-d / 0.05)), rel=0.02)


def test_passing_things_on_either_side_in_turn_adds_their_risks() -> None:
    model = RiskModel(0.03, 0.0, 0.0, 1.0, 0.0)
    states = straight(0.8, -1.2)
    cells = [(63, 56), (56, 76)]  # one on the left at x = -0.2, one on the right at x = 0.8
    first, second, both = (
        1.0 - survival_of(states, scene_of(some), model=model)[0][-1] for some in (cells[:1], cells[1:], cells)
    )
    assert min(first, second) > 0.02
    assert 1.0 - both == pytest.approx((1.0 - first) * (1.0 - second), rel=0.02)


def test_what_already_touches_is_not_the_motions_fault() -> None:
    behind = [(60, 54)]  # just behind the robot's tail at x = -0.275
    away, _ = survival_of(straight(0.3), scene_of(behind))
    assert away[-1] > 0.99


def test_unseen_space_costs_a_little() -> None:
    out, _ = survival_of(straight(0.8), scene_of([], unseen=True))
    assert out[-1] == pytest.approx(math.exp(-0.05 * 2.4), rel=0.02)


def test_risk_grows_with_speed_and_keeps_after_braking() -> None:
    model = MODEL._replace(speed=0.05)
    wall = [(row, 90) for row in range(40, 80)]
    slow, fast = straight(0.2, 0.7), straight(0.2, 0.7)
    fast[:5, V] = 1.0  # was fast until a moment before it came near
    assert (
        survival_of(fast, scene_of(wall), model=model)[0][-1] <= survival_of(slow, scene_of(wall), model=model)[0][-1]
    )


def test_a_person_in_the_way_ends_survival_and_one_that_has_passed_does_not() -> None:
    def with_person(arrives: int) -> Scene:
        people = np.empty((1, 61, 3))
        people[0, :, 0] = 1.2
        people[0, :, 1] = 1.0 * 0.05 * (arrives - np.arange(61))  # crosses the robot's line at step `arrives`
        people[0, :, 2] = 0.05
        field = field_of([])
        radii = np.array([0.25])
        crowded = crowd(people, radii, 1.0, 0.05, MODEL, Shape.of(Footprint.of(load_robot("astro"))).body)
        return Scene(field, np.zeros_like(field), np.zeros((SIDE, SIDE), np.uint8), FRAME, crowded, radii)

    assert survival_of(straight(0.8), with_person(30))[0][-1] < 0.05  # both there at 1.5 s
    assert survival_of(straight(0.8), with_person(-40))[0][-1] > 0.95  # walked through two seconds before


def risk_among(*places: tuple[float, float], walk: float = 0.0, std: float = 0.1, memory: float = 1.0) -> float:
    """Risk of 3 s along x at 0.5 m/s with people there, who walk along x, known to within std all the time."""
    people = np.empty((len(places), 61, 3))
    people[:, :, 0] = np.array(places)[:, :1] + walk * 0.05 * np.arange(61)
    people[:, :, 1] = np.array(places)[:, 1:]
    people[:, :, 2] = std
    radii = np.full(len(places), 0.25)
    model = MODEL._replace(memory=memory)
    crowded = crowd(people, radii, 1.0, 0.05, model, Shape.of(Footprint.of(load_robot("astro"))).body)
    scene = scene_of([])._replace(people=crowded, people_radius=radii)
    return 1.0 - float(survival_of(straight(0.5), scene, model=model)[0][-1])


def test_a_person_is_one_risk_however_long_they_are_near() -> None:
    # 0.2 m between the robot's side and the person, but for the tolerance of its discs
    least, most = (float(ndtr(-gap / math.hypot(0.1, MODEL.base))) for gap in (0.2, 0.185))
    for memory in (0.1, 10.0):
        assert least < risk_among((0.9, 0.575), memory=memory) < most
    # who walks alongside was as near at the start, which the robot has survived
    assert risk_among((0.0, 0.575), walk=0.5) == pytest.approx(0.0, abs=0.01)


def test_each_person_is_a_risk_of_their_own() -> None:
    first, second = risk_among((0.7, 0.575)), risk_among((1.1, -0.545))
    assert min(first, second) > 0.01
    assert 1.0 - risk_among((0.7, 0.575), (1.1, -0.545)) == pytest.approx((1.0 - first) * (1.0 - second), rel=1e-6)


def test_heading_of_a_rollout_turns_the_footprint() -> None:
    side = [(int((0.17 + 3.0) / RES), 60)]  # 0.175 m to the left: clear of the side, not of the turned nose
    states = np.zeros((61, COLUMNS))
    assert survival_of(states, scene_of(side))[0][-1] > 0.95
    states[:, YAW] = np.linspace(0.0, math.pi / 2, 61)
    assert survival_of(states, scene_of(side))[0][-1] < 0.2
