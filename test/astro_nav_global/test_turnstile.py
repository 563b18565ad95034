"""Waiting for a shared file in order, without depending on those who wait."""

from __future__ import annotations

import time
from pathlib import Path

from astro_nav_global.turnstile import Turnstile


def seconds_to_pass(turnstile: Turnstile) -> float:
    began = time.monotonic()
    with turnstile.passed():
        return time.monotonic() - began


def test_one_at_a_time_is_inside(tmp_path: Path) -> None:
    path = tmp_path / "turn"
    mine, other = Turnstile(path, 60.0), Turnstile(path, 0.3)
    with mine.passed():
        assert seconds_to_pass(other) >= 0.3  # it went round
    with other.passed():
        pass
    assert seconds_to_pass(mine) < 30.0


def test_where_no_file_can_be_made_everybody_passes(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"this is no database" * 100)
    for path in (None, tmp_path / "no folder" / "turn", broken):
        mine, other = Turnstile(path, 60.0), Turnstile(path, 60.0)
        with mine.passed():
            assert seconds_to_pass(other) < 30.0
