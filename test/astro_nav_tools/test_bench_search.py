"""The search benchmark: problems are the same each time, the long search is the better one, and stages are really switched off."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from astro_nav_local.params import LocalParams
from astro_nav_local.search import Search
from astro_nav_sim.worlds import load_world
from astro_nav_tools.bench import search as bench
from astro_nav_tools.bench.long_search import LongSearch
from astro_nav_tools.bench.recorded import Recorded, Source, record, recorded
from astro_nav_tools.main import main

CORRIDOR = load_world("corridor")
SOURCE = Source(replace(CORRIDOR, goals=CORRIDOR.goals[:1]), "astro", 20)


@pytest.fixture(scope="module")
def problems() -> list[Recorded]:
    """Some of the planning problems of a drive through the corridor."""
    return record(SOURCE)


def test_problems_are_the_same_for_the_same_seed(problems: list[Recorded]) -> None:
    again = record(SOURCE)
    assert len(problems) == len(again) >= 3
    for one, other in zip(problems, again):
        assert one.place == "corridor" and one.warm is not None and other.warm is not None
        assert np.array_equal(one.warm, other.warm) and np.array_equal(one.problem.start, other.problem.start)
        assert np.array_equal(one.problem.scene.distance, other.problem.scene.distance)
    assert not np.array_equal(problems[0].problem.start, problems[1].problem.start)


def test_problems_are_kept_in_a_file(problems: list[Recorded], tmp_path: Path) -> None:
    file = tmp_path / "folder" / "problems.npz"
    made, taken = recorded([SOURCE], file=file), recorded([], file=file)
    assert len(made) == len(taken) == len(problems)
    for one, other in zip(made, taken):
        assert repr(one) == repr(other)
        assert np.array_equal(one.problem.scene.to_go, other.problem.scene.to_go)
        assert one.problem.scene.to_go.dtype == other.problem.scene.to_go.dtype


def test_the_long_search_is_at_least_as_good(problems: list[Recorded]) -> None:
    for one in problems:
        found = Search(LocalParams()).run(one.problem, one.warm).cost
        assert LongSearch(10_000).run(one.problem, one.warm) <= found + 0.01 * abs(found)


@pytest.mark.parametrize("variant", [variant for variant in bench.VARIANTS if variant.budget == 1.0])
def test_what_is_switched_off_is_not_evaluated(variant: bench.Variant, problems: list[Recorded]) -> None:
    one = problems[1]
    everything = len(Search(LocalParams()).run(one.problem, one.warm).costs)
    used = len(bench.solve(variant, [one])[0])
    if variant.name == "all stages":
        assert used == everything
    elif variant.without == "all but everywhere":
        assert used == Search(LocalParams()).capacity
    else:
        assert 0 < used < everything


def test_rows_compare_with_the_best_known() -> None:
    run = [np.array([-1.0, -1.9, -1.5]), np.array([0.5, 0.015])]
    values = bench.row(bench.VARIANTS[0], run, np.array([-2.0, 0.01]))
    assert (values["evaluations"], values["warm"]) == (2.5, True)
    assert values["excess_p50"] == pytest.approx(0.05) and values["excess_p90"] == pytest.approx(0.05)
    assert values["excess_m_p50"] == pytest.approx(0.5 * (0.1 + 0.005))


def test_it_writes_a_table_and_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "sources", lambda thin: [SOURCE._replace(every=30 * thin)])
    out = tmp_path / "search.json"
    main(["bench", "search", "--evaluations", "2000", "--out", str(out)])
    summary = json.loads(out.read_text())["summary"]
    assert summary["problems"] >= 2 and summary["reference_evaluations"] == 2000
    assert [values["search"] for values in summary["rows"]] == [variant.name for variant in bench.VARIANTS]
    assert out.with_suffix(".png").stat().st_size > 5_000
