"""The tour benchmark on a short world."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from astro_nav_common.types import Command, GuardReport
from astro_nav_reactive.watch import GuardCode
from astro_nav_tools.bench.tour import Interventions, Trial, run
from astro_nav_tools.main import main


def test_a_tour_is_driven_and_measured(tmp_path: Path) -> None:
    out = tmp_path / "tour.json"
    assert main(["bench", "tour", "--world", "corridor", "--seeds", "1", "--out", str(out)]) == 0
    result = json.loads(out.read_text())
    summary = result["summary"]
    assert (summary["success_rate"], summary["contacts"], summary["trials"]) == (1.0, 0, 1)
    assert summary["time_s"] == result["runs"][0]["time_s"] > 10.0
    assert 0.1 < summary["rms_jerk_mps3"] < 10.0 and 0.1 < summary["rms_yaw_accel_radps2"] < 10.0
    assert 0.0 < summary["min_clearance_m"] < 0.3
    assert summary["full_brakings_for_movers"] == 0.0


def test_the_guard_does_not_brake_for_anybody_where_nobody_is() -> None:
    row = run(Trial("home", "astro", 0))
    assert (row["outcome"], row["full_brakings_for_movers"]) == ("success", 0)


def test_interventions_are_counted_once() -> None:
    count = Interventions()
    for t in np.arange(0.0, 3.0, 0.02).tolist():
        braking, movers = 1.0 < t < 1.5 or 2.0 < t < 2.2, t < 1.9
        code = GuardCode.SLOWING if 0.5 < t < 1.6 or braking else GuardCode.OK
        count(GuardReport(t, Command(), code=code, extra={"braking": float(braking), "movers": float(movers)}))
    assert count.counts == {"interventions": 2, "full_brakings": 2, "full_brakings_for_movers": 1}
