"""Gaps: worlds as wide as they say, the speed through them, other objectives for the same planner, and the picture of candidates."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from astro_nav_common.types import Pose
from astro_nav_local.evaluate import OBJECTIVE, Problem
from astro_nav_local.params import LocalParams
from astro_nav_local.rollout import empty_rollout
from astro_nav_local.search import Search, stop_vector
from astro_nav_sim.clearance import distance_to
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.world import Solid
from astro_nav_sim.worlds import load_world
from astro_nav_tools.bench import gap_speed, objective
from astro_nav_tools.bench.gaps import MIDDLE, expecting, noisy, passage, posts, random_gap
from astro_nav_tools.bench.objectives import CHANCE, CLEARANCE, KINDS, RISK, SURVIVAL, evaluator, search_by
from astro_nav_tools.bench.recorded import Recorded, Source, record
from astro_nav_tools.main import main


@pytest.fixture(scope="module")
def problem() -> Recorded:
    """A planning problem on the way through a corridor."""
    return record(Source(load_world("corridor"), "astro", 30))[1]


@pytest.mark.parametrize("inside", [passage(0.5, 0.2, y=0.3), posts(0.5, y=0.3)])
def test_gaps_are_as_wide_as_they_say(inside: tuple[Solid, ...]) -> None:
    nearest = min(distance_to(solid, MIDDLE, 0.3) for solid in inside)
    assert nearest == pytest.approx(0.25, abs=1e-6)


def test_the_same_seed_gives_the_same_gap() -> None:
    one, other, third = (random_gap(0.4, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one == other and one != third


def test_noise_reaches_the_robot_and_the_planner() -> None:
    usual, twice = load_sim_robot("astro"), noisy(load_sim_robot("astro"), 2.0, 0.5)
    assert twice.lidars[0].noise == 2.0 * usual.lidars[0].noise
    assert twice.odometry.distance_scale == 2.0 * usual.odometry.distance_scale
    assert twice.odometry.rate_hz == usual.odometry.rate_hz and twice.params.v_max == 0.5
    assert expecting(2.0).sigma_base == 2.0 * LocalParams().sigma_base


def costs(problem: Problem, name: str, parameter: float, thetas: np.ndarray) -> np.ndarray:
    """(K,) costs of vectors (K, 5); both ways to ask must agree."""
    judge = evaluator(name, parameter)
    steps = LocalParams().steps
    out, paths = np.empty(len(thetas)), np.empty((len(thetas), steps + 1, 2), np.float32)
    judge.many(thetas, problem, 0, out, paths)
    survival = np.empty(steps + 1)
    assert [judge.one(theta, problem, empty_rollout(steps), survival) for theta in thetas] == pytest.approx(
        out.tolist()
    )
    return out


def risks(problem: Problem, thetas: np.ndarray) -> np.ndarray:
    """(K,) 1 - S until rest, from two weightings of risk."""
    return costs(problem, "weighted risk", 1.0, thetas) - costs(problem, "weighted risk", 0.0, thetas)


def test_other_objectives_judge_risk_as_they_say(problem: Recorded) -> None:
    assert list(KINDS.values()) == [CHANCE, RISK, CLEARANCE]
    one = problem.problem
    thetas = np.random.default_rng(3).random((200, 5))
    free = costs(one, "weighted risk", 0.0, thetas)
    thetas, free = thetas[np.isfinite(free)], free[np.isfinite(free)]
    risk = risks(one, thetas)
    assert risk.min() < 0.02 and risk.max() > 0.5
    chance = costs(one, "chance constraint", 0.2, thetas)
    clear = np.abs(risk - 0.2) > 1e-6
    assert (np.isfinite(chance) == (risk <= 0.2))[clear].all()
    assert chance[np.isfinite(chance)] == pytest.approx(free[np.isfinite(chance)])
    near = costs(one, "weighted clearance", one.weights.near, thetas)
    assert near[risk < 0.49] == pytest.approx(free[risk < 0.49]) and np.isinf(near[risk > 0.51]).all()
    more = costs(one, "weighted clearance", 2.0 * one.weights.near, thetas)
    assert (more >= near).all()


def test_the_usual_objective_is_the_planners_own(problem: Recorded) -> None:
    assert evaluator(SURVIVAL, 0.0) is OBJECTIVE
    params = LocalParams()
    usual, same = Search(params), search_by(SURVIVAL, 0.0, params, 0)
    assert same.run(problem.problem, problem.warm).cost == usual.run(problem.problem, problem.warm).cost


def test_where_all_is_refused_it_stops(problem: Recorded) -> None:
    found = search_by("chance constraint", -1.0, LocalParams(), 0).run(problem.problem, problem.warm)
    assert np.array_equal(found.theta, stop_vector(problem.problem.limits, LocalParams().horizon))


@pytest.mark.parametrize("name", [SURVIVAL, *KINDS])
def test_every_objective_drives_through_a_wide_gap(name: str) -> None:
    result = objective.run(objective.Trial(name, {**objective.SWEEPS, SURVIVAL: (0.0,) * 3}[name][2], 1.0, 1.0, 1.0, 0))
    assert (result["outcome"], result["contacts"]) == ("success", 0)
    assert 0.05 < result["max_speed_step_mps"] < 0.4 and 3.0 < result["time_s"] < 9.0


def test_rows_of_objectives_count_failures_as_time_outs() -> None:
    good = {
        "outcome": "success", "contacts": 0, "time_s": 6.0, "rms_jerk_mps3": 1.0, "max_speed_step_mps": 0.1,
        "replanned_mps": 0.2, "guard_interventions": 1,
    }  # fmt: skip
    bad = {
        **good,
        "outcome": "collision",
        "contacts": 2,
        "time_s": 3.0,
        "max_speed_step_mps": 0.3,
        "guard_interventions": 4,
    }
    values = objective.row("x", 1.0, [good, bad])
    assert (values["trials"], values["success_rate"], values["contacts"], values["time_s"]) == (2, 0.5, 1, 6.0)
    assert values["penalised_time_s"] == 0.5 * (6.0 + objective.RULES.timeout)
    assert (values["max_speed_step_mps"], values["guard_interventions"]) == (0.3, 2.5)
    assert objective.row("x", None, [bad])["time_s"] is None


def test_there_are_sixty_situations() -> None:
    assert len(set(objective.situations(SURVIVAL, 0.0, 1))) >= 60


def test_speed_in_a_wide_gap_is_full_and_in_one_too_narrow_zero() -> None:
    wide = gap_speed.run(gap_speed.Trial("doorway", 1.0, 1.0, 0))
    assert wide["passed"] and wide["speed_mps"] > 0.8 and wide["contacts"] == 0
    narrow = gap_speed.run(gap_speed.Trial("passage", 1.0, -0.05, 0))
    assert not narrow["passed"] and narrow["speed_mps"] == 0.0


def test_a_drop_is_against_any_narrower_gap() -> None:
    assert gap_speed.drop([{"speed_mps": value} for value in (0.0, 0.5, 0.4, 0.45, 0.9)]) == pytest.approx(0.1)


def test_starts_differ_and_lie_before_the_gap() -> None:
    worlds = [gap_speed.world_of(gap_speed.Trial("passage", 1.0, 0.2, seed), 0.25) for seed in range(4)]
    assert len({world.start for world in worlds}) == 4
    assert all(isinstance(world.start, Pose) and world.start.x < 1.5 for world in worlds)


def test_candidates_are_pictured_before_and_in_a_doorway(tmp_path: Path) -> None:
    out = tmp_path / "candidates.json"
    assert main(["bench", "candidates", "--out", str(out)]) == 0
    rows = json.loads(out.read_text())["summary"]["rows"]
    assert len(rows) == 3 and all(row["candidates"] > 300 and row["survival"] > 0.5 for row in rows)
    assert 20_000 < out.with_suffix(".png").stat().st_size < 150_000
