"""The inner loop: what it leaves out changes nothing of what is taken."""

from __future__ import annotations

import numpy as np
import pytest

from astro_nav_local.breeding import ELITE
from astro_nav_local.evaluate import Problem, evaluate, evaluate_one
from astro_nav_local.rollout import X, Y, empty_rollout

STEPS = 60


def costs_of(thetas: np.ndarray, problem: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Costs (K,) one by one, and costs (K,) and paths (K, T + 1, 2) of all at once."""
    states, survival = empty_rollout(STEPS), np.empty(STEPS + 1)
    alone = np.array([evaluate_one(theta, problem, states, survival) for theta in thetas])
    together, paths = np.empty(len(thetas)), np.empty((len(thetas), STEPS + 1, 2), np.float32)
    evaluate(thetas, problem, 0, together, paths)
    return alone, together, paths


def test_the_best_cost_what_they_cost_alone_and_others_a_lower_bound_beyond_them(problem: Problem) -> None:
    alone, together, _ = costs_of(np.random.default_rng(1).random((600, 5)), problem)
    best = np.argsort(alone, kind="stable")[:ELITE]
    assert together[best] == pytest.approx(alone[best], abs=1e-12)
    assert np.array_equal(np.argsort(together, kind="stable")[:ELITE], best)
    assert (together[np.isfinite(alone)] <= alone[np.isfinite(alone)] + 1e-12).all()
    assert np.array_equal(np.isfinite(together), np.isfinite(alone))
    cut = together < alone - 1e-9
    assert cut.any()  # otherwise this shows nothing
    assert together[cut].min() >= alone[best].max()


def test_evaluation_goes_on_from_what_is_there(problem: Problem) -> None:
    thetas = np.random.default_rng(2).random((300, 5))
    _, at_once, _ = costs_of(thetas, problem)
    in_parts, paths = np.empty(300), np.empty((300, STEPS + 1, 2), np.float32)
    for first, end in ((0, 90), (90, 93), (93, 300)):
        evaluate(thetas[:end], problem, first, in_parts, paths)
    best = np.argsort(at_once, kind="stable")[:ELITE]
    assert np.array_equal(in_parts[best], at_once[best])


def test_paths_are_those_of_the_rollouts(problem: Problem) -> None:
    thetas = np.random.default_rng(3).random((20, 5))
    paths = costs_of(thetas, problem)[2]
    states, survival = empty_rollout(STEPS), np.empty(STEPS + 1)
    for theta, path in zip(thetas, paths):
        evaluate_one(theta, problem, states, survival)
        assert path == pytest.approx(states[:, [X, Y]], abs=1e-5)
