"""The calibration benchmark: its truth against geometry done another way, its arithmetic, and a small run."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from astro_nav_common.geometry import polygon_distance
from astro_nav_common.robot import load_robot
from astro_nav_local.params import LocalParams
from astro_nav_tools.bench.calibration import expected_error, reliability
from astro_nav_tools.bench.clutter import Clutter, cast, clearance, mapped, random_clutter
from astro_nav_tools.bench.contact_draws import mark_contacts, place_outline
from astro_nav_tools.bench.noise import Noise, position_errors, smooth_process
from astro_nav_tools.bench.situations import Situation, recent_speeds
from astro_nav_tools.main import main


def filled(outline: np.ndarray, spacing: float = 0.004) -> np.ndarray:
    """Points (N, 2) that fill a convex outline (V, 2)."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    grid = np.stack(np.meshgrid(*(np.arange(a, b, spacing) for a, b in zip(low, high))), axis=-1).reshape(-1, 2)
    return grid[[polygon_distance(x, y, outline) <= 0.0 for x, y in grid]]


@pytest.mark.parametrize("seed", range(6))
def test_contacts_are_those_of_the_filled_outline(seed: int) -> None:
    rng = np.random.default_rng(seed)
    clutter = random_clutter(rng)
    outline = place_outline(
        np.append(rng.uniform(-1.0, 1.0, 2), rng.uniform(-3.0, 3.0))[None], load_robot("astro").footprint_polygon
    )
    errors = 0.5 * rng.standard_normal((60, 1, 2))
    touched = np.zeros(60, bool)
    mark_contacts(outline, errors, clutter, touched)
    inside = filled(outline[0])
    for error, mark in zip(errors[:, 0], touched):
        nearest = min(clearance(x, y, clutter) for x, y in inside[::7] + error)
        if mark:
            assert nearest < 0.03  # the points are that far apart
        else:
            assert nearest > -0.001
    assert 0 < touched.sum() < 60


def test_what_touched_before_stays_marked() -> None:
    touched = np.array([True, False])
    nothing = Clutter(np.empty((0, 3)), np.empty((0, 4, 2)))
    mark_contacts(np.array([[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]]), np.zeros((2, 1, 2)), nothing, touched)
    assert touched.tolist() == [True, False]


def test_rays_end_on_the_shapes() -> None:
    clutter = random_clutter(np.random.default_rng(3))
    angles = np.linspace(-math.pi, math.pi, 200)
    ranges = np.empty(200)
    place = next(p for p in np.random.default_rng(0).uniform(-3.0, 3.0, (50, 2)) if clearance(*p, clutter) > 0.2)
    cast(place[0], place[1], angles, clutter.circles, clutter.boxes, ranges)
    hits = np.isfinite(ranges)
    assert hits.sum() > 20
    for angle, r in zip(angles[hits], ranges[hits]):
        ray = np.array((math.cos(angle), math.sin(angle)))
        assert clearance(*(place + r * ray), clutter) == pytest.approx(0.0, abs=1e-9)
        assert all(clearance(*(place + part * r * ray), clutter) > 0.0 for part in (0.3, 0.6, 0.9))


def test_the_map_shows_the_scene_to_about_a_cell() -> None:
    rng = np.random.default_rng(1)
    clutter = random_clutter(rng)
    local_map = mapped(clutter, LocalParams(), 0.01, rng)
    occupied = np.argwhere(local_map.log_odds > 0.5)
    places = (occupied[:, ::-1] + 0.5) * local_map.resolution + (local_map.origin_x, local_map.origin_y)
    off = np.abs([clearance(x, y, clutter) for x, y in places])
    assert len(off) > 100 and np.percentile(off, 95) < 0.06


def test_smooth_process_has_unit_variance_and_the_stated_memory() -> None:
    path = smooth_process(1.0, 0.05, 400, 400, np.random.default_rng(0))
    assert path.std() == pytest.approx(1.0, abs=0.03)
    lags = np.arange(0, 100)
    correlation = np.array([np.mean(path[:, : 400 - lag] * path[:, lag:]) for lag in lags])
    assert 0.05 * (correlation.sum() - 0.5 * correlation[0]) == pytest.approx(1.0, abs=0.1)
    assert correlation[1] > 0.99  # smooth


def test_errors_grow_with_way_and_speed() -> None:
    noise = Noise(0.01, 0.02, 0.03, 1.0)
    ways = 0.1 * np.arange(31)
    errors = position_errors(noise, 0.1, ways, np.full(31, 2.0), 20000, np.random.default_rng(0))
    assert errors[:, 0].std() == pytest.approx(0.06, rel=0.03)
    assert errors[:, -1].std() == pytest.approx(math.hypot(0.06, 0.06), rel=0.03)


def test_recent_speed_falls_slowly() -> None:
    recent = recent_speeds(np.array([0.5, -1.0, 0.0, 0.0]), 0.5)
    assert recent == pytest.approx([0.5, 1.0, math.exp(-1.0), math.exp(-2.0)])


def test_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    bins = reliability(
        [Situation(0.05, 0.15, 1.0), Situation(0.05, 0.05, 1.0), Situation(0.95, 0.75, 1.0), Situation(1.0, 1.0, 1.0)]
    )
    assert [(b["low"], b["situations"]) for b in bins] == [(0.0, 2), (0.9, 2)]
    assert expected_error(bins) == pytest.approx(0.5 * 0.05 + 0.5 * 0.1)


def test_calibration_writes_its_table(tmp_path: Path) -> None:
    out = tmp_path / "calibration.json"
    main(["bench", "calibration", "--situations", "60", "--people", "60", "--draws", "100", "--out", str(out)])
    summary = json.loads(out.read_text())["summary"]
    assert summary["situations"] == 60 and [b["situations"] for b in summary["bins"]] == [6] * 10
    assert summary["expected_calibration_error"] < 0.15  # of so few situations
    # as if people's places were drawn again and again it was 0.21
    assert summary["people"]["situations"] == 60 and summary["people"]["expected_calibration_error"] < 0.15
    assert (tmp_path / "calibration.png").is_file()
