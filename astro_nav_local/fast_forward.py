"""The state that planning starts from: where the robot will be, and how it will move, when the plan takes effect."""

from __future__ import annotations

import math

from astro_nav_common.diff_drive import arc_step
from astro_nav_common.history import CommandHistory
from astro_nav_common.types import State, Trajectory

_STEP = 0.01
#: Motion is foretold over so much at most, s: long before that nobody drives on odometry that old.
LONGEST = 1.0
#: Share of a position error that every plan takes over, however small: an error that tracking cannot remove must not persist.
PLACE_LEAK = 0.15


def predict(
    newest: State, commands: CommandHistory, plan: Trajectory | None, t: float, delay: float, time_constant: float
) -> State:
    """Newest odometry advanced to t through the commands sent, those still to be sent, and the actuator model.

    Args:
        newest: odometry, any time before t.
        commands: what was really put on cmd_vel, by time sent.
        plan: the plan in force, for the commands still to come: they change from the last one as it does; None: the last one holds.
        t: s.
        delay, time_constant: dead time and first-order lag of the base, s.

    Returns:
        The state at t; its accelerations are those of the model at t.
    """
    x, y, yaw, v, w = newest.x, newest.y, newest.yaw, newest.v, newest.w
    a = alpha = 0.0
    screen = newest.screen_yaw
    now, last_sent = max(newest.t, t - LONGEST), commands.newest_t
    before = plan.sample(last_sent + delay + time_constant) if plan is not None and math.isfinite(last_sent) else None
    while now < t - 1e-9:
        dt = min(_STEP, t - now)
        sent = now - delay
        target = commands.at(sent)
        if target is not None:
            command_v, command_w, screen = target.v, target.w, target.screen_yaw
            if plan is not None and before is not None and sent > last_sent and plan.t[0] <= now <= plan.t[-1]:
                # what the guard will send: it goes on from its last command as the plan does, be it slowed down or not
                coming = plan.sample(now + time_constant)
                command_v, command_w, screen = (
                    target.v + coming.v - before.v,
                    target.w + coming.w - before.w,
                    coming.screen_yaw,
                )
            share = 1.0 - math.exp(-dt / time_constant) if time_constant > 1e-6 else 1.0
            a, alpha = share * (command_v - v) / dt, share * (command_w - w) / dt
        x, y, yaw = arc_step(x, y, yaw, v + 0.5 * a * dt, w + 0.5 * alpha * dt, dt)
        v, w, now = v + a * dt, w + alpha * dt, now + dt
    return State(t, x, y, yaw, v, w, a, alpha, screen)


def start_state(predicted: State, plan: Trajectory | None, blend_distance: float) -> tuple[State, float]:
    """The start of the next plan: on the previous plan while it is followed closely, and continuously towards the prediction.

    Returns:
        The state, and the share of the prediction in it, 0 to 1.
    """
    if plan is None or not plan.t[0] - 0.05 <= predicted.t <= plan.t[-1]:
        return predicted, 1.0
    planned = plan.sample(predicted.t)
    turn = math.remainder(predicted.yaw - planned.yaw, math.tau)
    error = math.hypot(predicted.x - planned.x, predicted.y - planned.y) + 0.2 * abs(turn)
    error += 0.3 * (abs(predicted.v - planned.v) + 0.2 * abs(predicted.w - planned.w))
    f = min(error / blend_distance, 1.0)
    share = f * f * (3.0 - 2.0 * f)

    place = max(share, PLACE_LEAK)

    def mix(a: float, b: float, by: float = share) -> float:
        return a + by * (b - a)

    return State(
        predicted.t, mix(planned.x, predicted.x, place), mix(planned.y, predicted.y, place), planned.yaw + place * turn,
        mix(planned.v, predicted.v), mix(planned.w, predicted.w), mix(planned.a, predicted.a),
        mix(planned.alpha, predicted.alpha), mix(planned.screen_yaw, predicted.screen_yaw),
    ), share  # fmt: skip
