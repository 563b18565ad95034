"""Every scenario with one seed; `astro-nav bench scenarios` runs ten of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from astro_nav_sim.scenarios import SCENARIOS


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_must_come_of_it_does(name: str, tmp_path: Path) -> None:
    outcome = SCENARIOS[name](3, tmp_path)
    assert outcome.wrong == []
    assert outcome.drives
    assert max(drive.flips for drive in outcome.drives) <= 1
