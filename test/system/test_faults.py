"""What goes wrong while the robot drives at full speed; one running stack, one fault after the other, all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.worlds import load_world
from astro_nav_tools.faults.catalogue import FAULTS, Fault
from astro_nav_tools.faults.trial import run_fault
from astro_nav_tools.live.patrol import Patrol
from astro_nav_tools.live.stack_node import LiveStack

LOOKS = 3


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LiveStack, Patrol]]:
    """A stack that patrols the hall."""
    world = load_world("hall")
    with LiveStack(world, tmp_path_factory.mktemp("faults"), "hall") as stack:
        stack.until_ready()
        yield stack, Patrol(stack.client, (world.goals[0].pose, world.goals[1].pose))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_stops_the_robot_in_time_and_it_comes_back(drive: tuple[LiveStack, Patrol], fault: Fault) -> None:
    stack, patrol = drive
    robot = load_sim_robot("astro").params
    # the limits are those of a machine that lets a process run when it must; one that is busy gets another look
    for _ in range(LOOKS):
        row = run_fault(stack, patrol, robot, fault)
        assert not row.get("contacts")
        if row["passed"]:
            break
    assert row["passed"], row["wrong"]
    if fault.stops and fault.name not in ("kill_reactive_guard", "hang_reactive_guard"):
        assert row["guard"] or row["warnings"]  # nothing stops the robot without a word
