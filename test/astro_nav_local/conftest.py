"""Lets the tests of this folder import `scenes`, and gives them a planning problem."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from scenes import WALLS, Drive, straight_guidance

from astro_nav_common.robot import load_robot
from astro_nav_local.evaluate import Problem


@pytest.fixture(scope="session")
def problem() -> Problem:
    """A cycle in a corridor with a wall to get round, under way."""
    drive = Drive(load_robot("astro"), WALLS)
    drive.planner.set_guidance(straight_guidance())
    seen: list[Problem] = []
    run = drive.planner._search.run

    def spy(asked: Problem, *args: object) -> object:
        seen.append(asked)
        return run(asked, *args)  # type: ignore[arg-type]

    drive.planner._search.run = spy  # type: ignore[assignment, method-assign]
    drive.run(8)
    return seen[-1]
