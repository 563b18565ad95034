"""Passages: found in maps, named in files, seen in local maps."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from astro_nav_common.conventions import OCCUPIED, UNKNOWN
from astro_nav_common.errors import MapError
from astro_nav_common.geometry import transform_points
from astro_nav_common.grid import Grid
from astro_nav_common.types import Pose
from astro_nav_global.map_io import load_map
from astro_nav_global.narrow_places import narrow_places
from astro_nav_global.passage_view import is_open
from astro_nav_global.passages import DOOR, NARROW, Passage, load_passages, passages_of

ACROSS = Passage("door", DOOR, 2.0, 1.0, 2.0, 1.8)


def rooms(*doors: tuple[float, float], thickness: float = 0.1) -> Grid:
    """Two rooms of 4 x 4 m, a wall at x = 4 with doors from y to y m."""
    data = np.zeros((84, 168), np.int8)
    data[[0, 1, -1, -2]] = data[:, [0, 1, -1, -2]] = OCCUPIED
    half = max(round(0.5 * thickness / 0.05), 1)
    data[:, 84 - half : 84 + half] = OCCUPIED
    for low, high in doors:
        data[round(low / 0.05) : round(high / 0.05), 84 - half : 84 + half] = 0
    return Grid(data, 0.05, -0.1, 0.0)


@pytest.mark.parametrize("thickness", [0.1, 0.4])
def test_doors_are_found_in_their_middle(thickness: float) -> None:
    """One alone, and one beside a wide opening, by which one can go round."""
    for doors in (((0.3, 1.1),), ((0.3, 1.1), (2.4, 4.0))):
        (place,) = narrow_places(rooms(*doors, thickness=thickness), 0.25)
        assert place.middle == pytest.approx((4.1, 0.7), abs=0.06)
        assert place.width == pytest.approx(0.85)


def test_two_doors_side_by_side_are_two() -> None:
    places = narrow_places(rooms((0.6, 1.4), (2.7, 3.5)), 0.25)
    assert sorted(round(place.middle[1], 1) for place in places) == [1.0, 3.1]


def test_what_is_too_wide_too_narrow_or_easily_gone_round_is_none() -> None:
    assert narrow_places(rooms((1.0, 2.4)), 0.25) == []
    assert narrow_places(rooms((1.0, 1.2)), 0.4) == []
    legs = rooms((0.5, 3.7))
    for row, col in ((40, 30), (40, 42), (52, 30), (52, 42)):
        legs.data[row, col] = OCCUPIED
    assert narrow_places(legs, 0.25) == []


def test_a_map_gives_the_same_places_each_time_wherever_its_origin_is() -> None:
    grid = rooms((0.6, 1.4), (2.7, 3.5))
    moved = Grid(grid.data, grid.resolution, 10.0, -3.0)
    first, again, other = narrow_places(grid, 0.25), narrow_places(grid, 0.25), narrow_places(moved, 0.25)
    assert first == again
    for a, b in zip(first, other):
        assert np.subtract(b.middle, a.middle) == pytest.approx((10.1, -3.0))


@pytest.mark.parametrize(
    "data", [np.zeros((1, 1)), np.zeros((3, 200)), np.full((50, 50), UNKNOWN), np.full((50, 50), OCCUPIED)]
)
def test_maps_without_walls_or_without_room_have_none(data: np.ndarray) -> None:
    assert narrow_places(Grid(data.astype(np.int8), 0.05, 0.0, 0.0), 0.25) == []


@pytest.mark.parametrize(
    ("name", "doors"),
    [("willow_garage", ((11.7, 18.0), (34.5, 12.3), (45.0, 31.8))), ("ipa_apartment", ((-9.7, 13.0), (-8.5, 5.3)))],
)
def test_doors_of_real_maps_are_found(
    data: Callable[[str], Path], name: str, doors: tuple[tuple[float, float], ...]
) -> None:
    """Places read off the maps by eye, to half a metre."""
    places = narrow_places(load_map(data(f"maps/{name}.yaml")), 0.25)
    for door in doors:
        assert min(math.dist(door, place.middle) for place in places) < 0.5


def test_a_named_passage_stands_for_the_narrow_place_it_is_at() -> None:
    grid = rooms((0.6, 1.4), (2.7, 3.5))
    named = Passage("front", DOOR, 4.1, 0.6, 4.1, 1.4)
    passages = passages_of(grid, (named, Passage("elsewhere", DOOR, 40.0, 0.0, 40.0, 1.0)), 0.25)
    assert [(passage.name, passage.kind) for passage in passages] == [("front", DOOR), ("at_4.13_3.10", NARROW)]


def test_a_file_of_passages(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(
        "passages:\n  front: {from: [1, 2], to: [1, 2.9], kind: door, usually_open: 0.3}\n  gap: {from: [0, 0], to: [0.6, 0], kind: narrow}\n"
    )
    assert load_passages(tmp_path / "p.yaml") == (
        Passage("front", DOOR, 1.0, 2.0, 1.0, 2.9, 0.3),
        Passage("gap", NARROW, 0.0, 0.0, 0.6, 0.0),
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is not a YAML file"),
        ("passages: [1]", "must hold 'passages', a mapping"),
        ("passages: {a: 1}", "'a': must hold from"),
        ("passages: {a: {from: [0, 0], to: [1, 0], width: 1}}", "unknown 'width'"),
        ("passages: {a: {from: [0, 0], to: [1, .nan]}}", "to = [1, nan] must be [x, y]"),
        ("passages: {a: {from: [0, 0]}}", "to = None must be"),
        ("passages: {a: {from: [0, 0], to: [0, 0]}}", "its two sides, 0.1 to 5 m apart"),
        ("passages: {a: {from: [0, 0], to: [1, 0], kind: gate}}", "kind = 'gate' must be one of: door, narrow"),
        ("passages: {a: {from: [0, 0], to: [1, 0], usually_open: 2}}", "usually_open = 2 must be"),
    ],
)
def test_a_bad_file_of_passages_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "p.yaml").write_text(text)
    with pytest.raises(MapError) as caught:
        load_passages(tmp_path / "p.yaml")
    assert sentence in str(caught.value)


def test_a_missing_file_of_passages(tmp_path: Path) -> None:
    with pytest.raises(MapError, match="does not exist"):
        load_passages(tmp_path / "none.yaml")


def local_view(
    T_map_local: Pose, blocked: tuple[float, float] | None = None, unseen: tuple[float, float] | None = None
) -> Grid:
    """What is around ACROSS in a map of its own frame; `blocked` and `unseen`: from y to y m in the passage."""
    grid = Grid(np.zeros((80, 80), np.int8), 0.05, -2.0, -2.0)
    centers = grid.centers(np.argwhere(np.ones(grid.shape, bool)))
    x, y = transform_points(T_map_local, centers).T
    in_wall = np.abs(x - 2.0) < 0.05
    values = np.where(in_wall & ((y < 1.0) | (y > 1.8)), OCCUPIED, 0)
    for span, value in ((blocked, OCCUPIED), (unseen, UNKNOWN)):
        if span is not None:
            values[in_wall & (y > span[0]) & (y < span[1])] = value
    return Grid(values.reshape(grid.shape).astype(np.int8), 0.05, -2.0, -2.0)


@pytest.mark.parametrize("frame", [Pose(2.0, 1.4, 0.0), Pose(1.5, 1.0, 0.8), Pose(2.3, 1.8, -2.6)])
@pytest.mark.parametrize(
    ("blocked", "unseen", "expected"),
    [
        (None, None, True),
        ((1.0, 1.8), None, False),
        ((1.0, 1.3), None, True),  # half a metre is left
        ((1.25, 1.55), None, False),  # a chair in the middle
        (None, (1.0, 1.8), None),
        (None, (1.0, 1.3), True),
        ((1.2, 1.8), (1.0, 1.2), False),  # what is unseen would not do
        ((1.4, 1.8), (1.0, 1.4), None),
    ],
)
def test_open_closed_or_not_seen_enough(
    frame: Pose, blocked: tuple[float, float] | None, unseen: tuple[float, float] | None, expected: bool | None
) -> None:
    assert is_open(ACROSS, local_view(frame, blocked, unseen), frame, 0.3) is expected


def test_a_passage_beyond_the_local_map_is_not_seen() -> None:
    assert is_open(ACROSS, local_view(Pose(2.0, 1.4, 0.0)), Pose(4.1, 1.4, 0.0), 0.3) is None


def test_points_in_a_passage_and_beside_it() -> None:
    points = np.array(((2.0, 1.4), (2.19, 1.1), (2.3, 1.4), (2.0, 0.9)))
    assert ACROSS.holds(points).tolist() == [True, True, False, False]
    assert ACROSS.holds(points, 0.15).tolist() == [True, True, True, True]
