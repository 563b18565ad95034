"""The demo's result in words and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from astro_nav_tools.demo.legs import Leg


def headline(summary: Mapping[str, Any]) -> str:
    """A drive in one line."""
    return (
        f"{summary['scenario']}, {summary['robot']}:  {summary['goals_reached']} of {summary['goals_total']} goals,  "
        f"{summary['collisions']} collisions,  {summary['path_length_m']:.1f} m in {summary['time_s']:.1f} s "
        f"({summary['mean_speed_mps']:.2f} m/s)"
    )


def print_tables(console: Console, legs: Sequence[Leg], summary: Mapping[str, Any]) -> None:
    """Goals, then the numbers of the whole drive."""
    goals = Table(title="Goals", title_justify="left")
    for heading in ("", "goal", "result", "time, s", "recoveries"):
        goals.add_column(heading, justify="right" if heading in ("time, s", "recoveries") else "left")
    for number, leg in enumerate(legs, 1):
        result = "[green]reached[/green]" if leg.reached else f"[red]{leg.message or 'not reached'}[/red]"
        goals.add_row(str(number), leg.name, result, f"{leg.end - leg.start:.1f}", str(leg.recoveries))
    console.print(goals)
    numbers = Table(title="Drive", title_justify="left", show_header=False)
    numbers.add_column()
    numbers.add_column(justify="right")
    for name, text in figures(summary):
        numbers.add_row(name, text)
    console.print(numbers)


def figures(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values of the numbers worth a look."""
    local, guard = summary["local"], summary["guard"]
    plan, reaction = local["plan_ms"], guard["scan_to_cmd_ms"]
    return [
        ("goals reached", f"{summary['goals_reached']} of {summary['goals_total']}"),
        ("collisions", f"{summary['collisions']}"),
        ("least clearance, m", f"{summary['min_clearance_m']:.3f}"),
        ("path, m", f"{summary['path_length_m']:.1f}"),
        ("time, s", f"{summary['time_s']:.1f}"),
        ("mean speed, m/s", f"{summary['mean_speed_mps']:.2f}"),
        ("rms jerk, m/s^3", f"{summary['rms_jerk_mps3']:.2f}"),
        ("rms yaw acceleration, rad/s^2", f"{summary['rms_yaw_accel_radps2']:.2f}"),
        ("planning rate, Hz", f"{local['rate_hz']:.2f}"),
        ("missed deadlines", f"{local['deadline_misses']} of {local['cycles']}"),
        ("planning cycle, ms (median / 99 % / longest)", f"{plan['p50']:.1f} / {plan['p99']:.1f} / {plan['max']:.1f}"),
        ("scan to command, ms (median / 99 %)", f"{reaction['p50']:.1f} / {reaction['p99']:.1f}"),
        ("stops by the guard", f"{guard['stops']}"),
    ]
