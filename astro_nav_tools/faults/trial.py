"""One fault: injected at full speed, lifted, and what the robot made of it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

from astro_nav_common.robot import RobotParams
from astro_nav_reactive.watch import GuardCode
from astro_nav_tools.faults.catalogue import Fault
from astro_nav_tools.faults.measure import REST_V, REST_W, Stop, allowed, stop_after

if TYPE_CHECKING:
    from astro_nav_tools.live.patrol import Patrol
    from astro_nav_tools.live.stack_node import LiveStack

#: share of the robot's top speed that counts as full speed, and m that must be left to drive
FULL, ROOM = 0.92, 3.5
#: s to come to full speed, to rest, and back into service
SPEEDING, RESTING, RECOVERING = 60.0, 4.0, 60.0
#: s for a process to be there and known to the others
PREPARING = 4.0
#: codes of the guard that are no complaint
_USUAL = (GuardCode.OK, GuardCode.SLOWING, GuardCode.IDLE)
#: m/s that show that the robot drives again
_DRIVING = 0.3


def run_fault(stack: LiveStack, patrol: Patrol, robot: RobotParams, fault: Fault) -> dict[str, Any]:
    """The row of the table. The stack drives before and, if all is well, afterwards."""
    client = stack.client
    fast = FULL * robot.v_max
    if fault.prepare is not None:
        fault.prepare(stack)
        stack.spin(PREPARING, patrol.tick)
    if not stack.until(lambda: _lowest_speed(stack) > fast and patrol.room() > ROOM, SPEEDING, patrol.tick):
        if fault.prepare is not None:
            fault.end(stack)
        return {"name": fault.name, "what": fault.what, "passed": False, "wrong": f"never faster than {fast:.2f} m/s"}
    stack.catch_up()  # the fault begins at the newest stamp there is, not at the newest that this process got round to
    contacts, goals, said = client.contacts, client.goals_sent, len(client.said)
    before, began = client.now, time.monotonic()
    fault.begin(stack)
    stack.until(
        lambda: time.monotonic() - began > fault.hold and (not fault.stops or _at_rest(stack, fault.rest_v)), RESTING
    )
    stop, slowest = (
        stop_after(list(client.truth), before.t, fault.rest_v),
        min(row.v for row in client.truth if row.t >= before.t),
    )
    commanded = _time_to_zero(stack, began)
    complaints = client.said[said:]
    lifted = time.monotonic()
    fault.end(stack)
    recovered = stack.until(lambda: _drives(stack), RECOVERING, patrol.tick)
    recovery = time.monotonic() - lifted
    complaints += [item for item in client.said[len(complaints) + said :] if item.who != "reactive_guard"]
    limit = allowed(robot, before.v)
    row: dict[str, Any] = {
        "name": fault.name,
        "what": fault.what,
        "stops": fault.stops,
        "robot_lost": fault.robot_lost,
        "speed_mps": before.v,
        "slowest_mps": slowest,
        **{f"stop_{key}": value for key, value in stop._asdict().items()},
        "allowed_time": limit[0],
        "allowed_distance": limit[1],
        "zero_commanded_s": commanded,
        "guard": _guard_words(complaints),
        "warnings": sorted({f"{item.who}: {item.words}" for item in complaints if item.who != "reactive_guard"}),
        "contacts": client.contacts - contacts,
        "recovered": recovered,
        "recovery_s": recovery if recovered else math.nan,
        "new_goals": client.goals_sent - goals,
    }
    row["wrong"] = "; ".join(_wrong(fault, row, stop))
    row["passed"] = not row["wrong"]
    return row


def _lowest_speed(stack: LiveStack) -> float:
    """m/s, over the last 0.3 s: full speed is not a moment of speeding up."""
    rows = stack.client.truth
    return min((row.v for row in rows if row.t > rows[-1].t - 0.3), default=0.0)


def _at_rest(stack: LiveStack, rest_v: float) -> bool:
    rows = stack.client.truth
    recent = [row for row in rows if row.t > rows[-1].t - 0.4]
    return all(abs(row.v) < rest_v and abs(row.w) < REST_W for row in recent)


def _drives(stack: LiveStack) -> bool:
    return stack.client.guard.code in (GuardCode.OK, GuardCode.SLOWING) and stack.client.now.v > _DRIVING


def _time_to_zero(stack: LiveStack, began: float) -> float:
    """s (wall) from the beginning of the fault until nothing but standing still was commanded."""
    later = [(wall, v, w) for wall, v, w in stack.client.commands if wall >= began]
    moving = [wall for wall, v, w in later if abs(v) > REST_V or abs(w) > REST_W]
    return (moving[-1] - began) if moving else 0.0


def _guard_words(complaints: list[Any]) -> str:
    """The first complaint of the guard, with its code."""
    for item in complaints:
        if item.who == "reactive_guard" and item.code in set(GuardCode) - set(_USUAL):
            return f"{GuardCode(item.code).name}: {item.words}"
    return ""


def _wrong(fault: Fault, row: dict[str, Any], stop: Stop) -> list[str]:
    """What is not as it must be."""
    wrong = []
    if row["contacts"]:
        wrong.append(f"{row['contacts']} contacts")
    if fault.stops and not fault.robot_lost:
        if math.isnan(stop.time):
            wrong.append("did not come to rest")
        elif stop.time > row["allowed_time"] or stop.distance > row["allowed_distance"]:
            wrong.append(
                f"at rest after {stop.time:.2f} s and {stop.distance:.2f} m, "
                f"not {row['allowed_time']:.2f} s and {row['allowed_distance']:.2f} m"
            )
    if not row["recovered"]:
        wrong.append(f"not back in service after {RECOVERING:g} s")
    elif row["new_goals"] and not fault.goal_lost and fault.stops:
        wrong.append("the goal was lost")
    return wrong
