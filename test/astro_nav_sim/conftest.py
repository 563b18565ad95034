"""Shared by the simulator's tests: the data folder, and small worlds."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from astro_nav_common.types import Command, Pose, State
from astro_nav_sim.robot import SimRobot, load_sim_robot
from astro_nav_sim.simulator import Event, Simulator
from astro_nav_sim.world import World

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data_dir() -> Path:
    """The shared benchmark data, or a skip that says what is missing."""
    folder = Path(os.environ.get("ASTRO_NAV_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"benchmark data not found at {folder} (set ASTRO_NAV_DATA)")
    return folder


@pytest.fixture
def plain() -> World:
    """Nothing but the floor."""
    return World("plain", (), Pose(0.0, 0.0, 0.0))


@pytest.fixture(params=["astro", "jackal"])
def robot(request: pytest.FixtureRequest) -> SimRobot:
    """Each robot in turn."""
    return load_sim_robot(request.param)


@pytest.fixture
def astro() -> SimRobot:
    """The home robot without errors and delays."""
    return load_sim_robot("astro").ideal()


@pytest.fixture
def drive() -> Callable[[Simulator, Callable[[float], Command], float], tuple[list[State], list[Event]]]:
    """`drive(sim, command_of_t, until)`: commands at 50 Hz; the truth after each step, and all events."""

    def run(sim: Simulator, command: Callable[[float], Command], until: float) -> tuple[list[State], list[Event]]:
        truths, events = [], []
        while sim.time < until - 1e-9:
            if round(sim.time / sim.dt) % 4 == 0:
                sim.send(command(sim.time))
            events += sim.step()
            truths.append(sim.truth())
        return truths, events

    return run
