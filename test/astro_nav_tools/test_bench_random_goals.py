"""`bench random_goals`: what it lets pass."""

from __future__ import annotations

import math
from typing import Any

import pytest

from astro_nav_sim.result import FAILED, SUCCESS
from astro_nav_tools.bench.random_goals import complaints, summarize


def row(world: str = "home", ratio: float = 1.2, **changes: Any) -> dict[str, Any]:
    """A goal that was reached in `ratio` times the shortest time."""
    usual = {"reachable": True, "outcome": SUCCESS, "right": True, "contacts": 0, "wall_s": 0.1, "in_turn_ratio": 1.1}
    return {"world": world, "time_ratio": ratio, **usual, **changes}


def test_each_world_is_judged_by_its_median_time() -> None:
    slow = [row("flat", 1.1), row("flat", 1.31), row("flat", 3.0)]
    assert complaints(summarize([row(), *slow])) == ["flat: time 1.31 times the shortest is more than 1.3"]
    assert complaints(summarize([row(ratio=1.29), row(ratio=1.29), row(ratio=5.0)])) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"right": False, "outcome": FAILED}, "home: 1 goals did not end as they should"),
        ({"reachable": False, "right": False, "time_ratio": math.nan}, "home: 1 goals did not end as they should"),
        ({"contacts": 2}, "home: 2 contacts"),
    ],
)
def test_missed_goals_and_contacts_are_complained_of(changes: dict[str, Any], sentence: str) -> None:
    assert complaints(summarize([row(), row(**changes)])) == [sentence]


def test_a_world_where_nothing_can_be_reached_is_judged_without_times() -> None:
    enclosed = row(reachable=False, outcome=FAILED, time_ratio=math.nan)
    assert complaints(summarize([enclosed])) == []
