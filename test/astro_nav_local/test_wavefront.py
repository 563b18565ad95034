"""The navigation function: distances of the plane, no leaks through gaps, slopes everywhere."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.distance_field import distance_field
from astro_nav_local.wavefront import DOUBTFUL, UNREACHED, UNSEEN, WaveWork, WayCost, march

RES = 0.05
PLAIN = WayCost(np.ones(1), 0.01)


def run(
    occupied: np.ndarray,
    seeds: list[tuple[float, float, float]],
    passable: float = 0.12,
    cost: WayCost = PLAIN,
    doubt: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """(navigation function, which wave came where), both (rows, cols)."""
    distance = np.empty(occupied.shape, np.float32)
    distance_field(occupied, RES, 3.0, distance)
    out = np.empty_like(distance)
    reached = np.empty(out.size, np.uint8)
    march(
        distance,
        np.zeros(out.shape, np.uint8) if doubt is None else doubt,
        RES,
        passable,
        cost.costs,
        cost.step,
        np.array(seeds, float),
        out,
        reached,
        WaveWork.of(*out.shape),
    )
    return out, reached.reshape(out.shape)


def test_in_the_open_it_is_the_euclidean_distance() -> None:
    out, _ = run(np.zeros((120, 120), bool), [(60, 60, 0.0)])
    rows, cols = np.mgrid[0:120, 0:120]
    exact = np.hypot(rows - 60, cols - 60) * RES
    far = exact > 0.3
    assert (np.abs(out - exact)[far] / exact[far]).max() < 0.12
    assert np.abs(out - exact)[60].max() < 1e-4  # along an axis it is exact


def test_what_was_not_seen_costs_more_and_what_is_doubted_much_more() -> None:
    factors = []
    for value in (0, UNSEEN, DOUBTFUL):
        out, _ = run(np.zeros((40, 80), bool), [(20, 5, 0.0)], doubt=np.full((40, 80), value, np.uint8))
        factors.append(float(out[20, 65]) / 3.0)
    assert factors == pytest.approx([1.0, 1.5, 4.0], rel=0.01)


def test_every_reached_cell_has_a_lower_neighbour() -> None:
    rng = np.random.default_rng(1)
    occupied = rng.random((80, 80)) < 0.03
    occupied[40, 40] = False
    out, _ = run(occupied, [(40, 40, 0.0)])
    inner = out[1:-1, 1:-1]
    neighbours = np.minimum.reduce([out[:-2, 1:-1], out[2:, 1:-1], out[1:-1, :-2], out[1:-1, 2:]])
    reached = inner < UNREACHED
    reached[39, 39] = False  # the seed
    assert (neighbours < inner)[reached].all()


def test_does_not_lead_through_a_gap_the_robot_does_not_fit() -> None:
    occupied = np.zeros((60, 60), bool)
    occupied[30, :28] = occupied[30, 32:] = True  # a gap of 4 cells, 0.2 m
    _, reached = run(occupied, [(50, 30, 0.0)], passable=0.15)
    assert (reached[:28] != 1).all()
    assert (reached[34:56, 5:55] == 1).all()
    _, reached = run(occupied, [(50, 30, 0.0)], passable=0.1)
    assert (reached[5:25, 5:55] == 1).all()


def crossing(out: np.ndarray, row: int, col: int, wall_row: int) -> int:
    """The column at which steepest descent from (row, col) crosses a wall's row."""
    while row != wall_row:
        around = [(row + i, col + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        row, col = min(around, key=lambda cell: out[cell])
    return col


def test_takes_the_wider_of_two_gaps_when_the_near_one_is_risky() -> None:
    occupied = np.zeros((80, 120), bool)
    occupied[40, :] = True
    occupied[40, 48:53] = False  # 0.25 m, near the straight line
    occupied[40, 70:90] = False  # 1 m
    plain, _ = run(occupied, [(60, 58, 0.0)])
    priced, _ = run(occupied, [(60, 58, 0.0)], cost=WayCost.of(0.12, 2.0, 3.0, 0.035, 0.42))
    assert 48 <= crossing(plain, 20, 58, 40) < 53
    assert 70 <= crossing(priced, 20, 58, 40) < 90


def test_the_price_of_a_gap_is_the_risk_of_passing_it() -> None:
    cost = WayCost.of(0.12, 0.0, 3.0, 0.035, 0.42)
    clearance = 0.005  # of the first entry
    risk = 2.0 * 0.5 * math.erfc(clearance / 0.035 / math.sqrt(2.0))
    assert cost.costs[0] == pytest.approx(1.0 + 3.0 / 0.42 * risk)
    assert (np.diff(cost.costs) <= 0.0).all()


def test_no_seed_inside_the_window_reaches_nothing() -> None:
    out, reached = run(np.zeros((20, 20), bool), [(-5, 3, 0.0)])
    assert (out == UNREACHED).all()
    assert (reached == 0).all()


def test_the_way_through_a_passage_two_cells_wide_is_open_and_in_its_middle() -> None:
    occupied = np.ones((40, 60), bool)
    occupied[17:23] = False  # six cells, 0.3 m; the centre may be in the two in the middle
    priced = WayCost.of(scale=0.12, gain=2.0, collision_cost=3.0, sigma=0.035, length=0.42)
    out, reached = run(occupied, [(19, 55, 0.0), (20, 55, 0.0)], passable=0.125, cost=priced)
    assert (reached[19:21, :55] == 1).all()
    assert (reached[[18, 21], :55] == 2).all()
    assert (out[[18, 21], :54] > out[19:21, :54]).all()
