"""Ages and refusals of inputs."""

from __future__ import annotations

import math

import pytest

from astro_nav_reactive.params import GuardParams
from astro_nav_reactive.watch import Fault, GuardCode, Watch


@pytest.fixture
def watch() -> Watch:
    """All inputs came at 10.0 s."""
    watch = Watch(GuardParams())
    watch.odom.accept(10.0)
    watch.plan.accept(10.0)
    watch.scan("front").accept(10.0)
    watch.scan("rear").accept(10.0)
    return watch


def test_nothing_is_wrong_with_fresh_inputs(watch: Watch) -> None:
    assert watch.fault(10.15) is None
    assert watch.scan_age(10.15) == pytest.approx(0.15)


@pytest.mark.parametrize(
    ("late", "code", "reason"),
    [
        ("odom", GuardCode.STALE_ODOM, "no odometry for 0.40 s"),
        ("rear", GuardCode.STALE_SCAN, "no scan from 'rear' for 0.40 s"),
        ("plan", GuardCode.STALE_PLAN, "no plan for 0.60 s"),
    ],
)
def test_an_input_that_is_missed_is_named(watch: Watch, late: str, code: GuardCode, reason: str) -> None:
    now = 10.6 if late == "plan" else 10.4
    inputs = {"odom": watch.odom, "plan": watch.plan, "front": watch.scan("front"), "rear": watch.scan("rear")}
    for name, entry in inputs.items():
        if name != late:
            entry.accept(now)
    assert watch.fault(now) == Fault(code, reason)


def test_a_refusal_is_the_reason_once_the_input_is_missed(watch: Watch) -> None:
    watch.scan("front").refuse(GuardCode.NO_TRANSFORM, "no transform from laser")
    assert watch.fault(10.15) is None
    watch.odom.accept(10.4)
    assert watch.fault(10.4) == Fault(GuardCode.NO_TRANSFORM, "no transform from laser")
    watch.scan("front").accept(10.4)
    watch.scan("rear").accept(10.4)
    watch.plan.accept(10.4)
    assert watch.fault(10.4) is None


def test_before_anything_came_each_is_asked_for_in_turn() -> None:
    watch = Watch(GuardParams())
    assert watch.fault(0.0) == Fault(GuardCode.STALE_ODOM, "no odometry has come yet")
    watch.odom.accept(0.0)
    assert watch.fault(0.0) == Fault(GuardCode.STALE_SCAN, "no scan has come yet")
    assert watch.scan_age(0.0) == math.inf
    watch.scan("scan").accept(0.0)
    assert watch.fault(0.0) == Fault(GuardCode.IDLE, "no plan has come yet")


def test_what_was_forgotten_must_come_again_from_every_source(watch: Watch) -> None:
    jump = Fault(GuardCode.INVALID_INPUT, "the clock jumped")
    watch.forget(jump)
    assert watch.fault(10.0) == jump
    watch.odom.accept(1.0)
    watch.plan.accept(1.0)
    watch.scan("front").accept(1.0)
    assert watch.fault(1.0) == jump
    watch.scan("rear").accept(1.0)
    assert watch.fault(1.0) is None


def test_what_holds_comes_before_what_is_missing(watch: Watch) -> None:
    held = Fault(GuardCode.INVALID_INPUT, "the clock stands still")
    watch.holds["clock"] = held
    assert watch.fault(10.0) == watch.fault(20.0) == held
    del watch.holds["clock"]
    assert watch.fault(10.0) is None
