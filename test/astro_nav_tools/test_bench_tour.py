"""The tour benchmark on a short world."""

from __future__ import annotations

import json
from pathlib import Path

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
