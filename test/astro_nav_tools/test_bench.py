"""The benchmarks' own arithmetic, and that each runs on a small input."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from astro_nav_common.errors import InputError, MapError
from astro_nav_tools.bench import barn
from astro_nav_tools.bench.cycle import Case, passers_by, scaled
from astro_nav_tools.bench.moving_ai import Problem, read_map, read_problems
from astro_nav_tools.installation import data_folder
from astro_nav_tools.main import main

BARN = data_folder() / "barn" / "worlds_dev.jsonl"
KNOWN = {number: {} for number in range(0, 300, 2)}


@pytest.mark.parametrize(("text", "chosen"), [
    ("0,12", [0, 12]), ("0-8", [0, 2, 4, 6, 8]), ("0-228:12", list(range(0, 229, 12))), ("", sorted(KNOWN)), ("4,0-2", [4, 0, 2]),
])  # fmt: skip
def test_ids_are_selected(text: str, chosen: list[int]) -> None:
    assert barn.select(text, KNOWN) == chosen


@pytest.mark.parametrize("text", ["x", "1", "0-", "0-4:0", "400-500", "0,,2"])
def test_bad_ids_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="--ids"):
        barn.select(text, KNOWN)


def test_barn_summary_averages_over_runs() -> None:
    rows = [
        {"outcome": "success", "time_s": 10.0, "score": 0.5, "plan_ms": np.array([1.0, 3.0])},
        {"outcome": "collision", "time_s": 2.0, "score": 0.0, "plan_ms": np.array([2.0])},
    ]
    summary = barn.summarize(rows, 2, 1)
    assert summary["success_rate"] == summary["collision_rate"] == 0.5
    assert (summary["timeout_rate"], summary["mean_score"], summary["mean_time_s"]) == (0.0, 0.25, 10.0)
    assert summary["plan_ms"]["p50"] == 2.0


@pytest.mark.skipif(not BARN.is_file(), reason="the BARN worlds are not beside the source tree (see CONTRIBUTING.md)")
def test_barn_writes_a_scored_result(tmp_path: Path) -> None:
    out = tmp_path / "barn.json"
    assert main(["bench", "barn", "--worlds", str(BARN), "--ids", "0", "--out", str(out)]) == 0
    result = json.loads(out.read_text())
    assert set(result["summary"]) >= {
        "worlds", "trials", "success_rate", "collision_rate", "timeout_rate", "mean_score", "mean_time_s", "plan_ms",
    }  # fmt: skip
    assert set(result["runs"][0]) >= {"id", "trial", "outcome", "time_s", "score"}


def test_moving_ai_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.map").write_text("type octile\nheight 2\nwidth 3\nmap\n.@.\nGT.\n")
    (tmp_path / "a.map.scen").write_text("version 1\n0\ta.map\t3\t2\t0\t1\t2\t0\t2.41421356\n")
    assert read_map(tmp_path / "a.map").tolist() == [[False, True, False], [False, True, False]]
    assert read_problems(tmp_path / "a.map.scen") == [Problem((1, 0), (0, 2), 2.41421356)]


@pytest.mark.parametrize("text", ["", "type octile\nheight 2\nwidth 3\nmap\n...\n"])
def test_broken_moving_ai_map_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.map").write_text(text)
    with pytest.raises(MapError, match="not a MovingAI map"):
        read_map(tmp_path / "a.map")


def test_cycle_cases_scale_the_candidates_and_place_people_in_the_local_map() -> None:
    assert scaled(Case()).samples_global * 2 == scaled(Case(share=2.0)).samples_global
    assert scaled(Case(horizon=4.0)).steps == 80
    people = passers_by(20, 3.0, 5.0, -2.0)
    distances = [np.hypot(p.state[0] - 5.0, p.state[1] + 2.0) for p in people]
    assert len(people) == 20 and min(distances) > 1.0 and max(distances) < 3.0


def test_cycle_writes_its_stages(tmp_path: Path) -> None:
    out = tmp_path / "cycle.json"
    assert main(["bench", "cycle", "--cycles", "20", "--out", str(out)]) == 0
    result = json.loads(out.read_text())
    assert set(result["summary"]) >= {"candidates", "steps", "people", "total_ms", "stages_ms"}
    assert set(result["summary"]["total_ms"]) == {"p50", "p99"}
