"""`bench space` writes its picture, and finds the limits kept."""

from __future__ import annotations

import json
from pathlib import Path

from astro_nav_tools.bench.space import space


def test_space_writes_its_picture_and_finds_the_limits_kept(tmp_path: Path) -> None:
    out = tmp_path / "space.json"
    assert space(samples=20, checked=12, robot="jackal", out=out) == 0
    summary = json.loads(out.read_text())["summary"]
    assert 0.5 < summary["wheel_accel_of_limit"] <= 1.0 + 1e-9
    assert 0.5 < summary["wheel_jerk_of_limit"] <= 1.0 + 1e-6
    assert out.with_suffix(".png").stat().st_size > 10_000
