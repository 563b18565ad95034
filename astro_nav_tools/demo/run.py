"""The demo from beginning to end: check, start, drive, measure, draw, write."""

from __future__ import annotations

import math
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from astro_nav_common.errors import AstroNavError
from astro_nav_tools.demo.drive import read_drive
from astro_nav_tools.demo.legs import Leg, Outlook
from astro_nav_tools.demo.measure import summarize
from astro_nav_tools.demo.picture import draw
from astro_nav_tools.demo.progress import Progress
from astro_nav_tools.demo.request import Request, Tour, make_tour
from astro_nav_tools.demo.session import Session
from astro_nav_tools.demo.tables import headline, print_tables
from astro_nav_tools.domain import private_environment
from astro_nav_tools.generate.nodes import NODES
from astro_nav_tools.results import provenance, write_json

if TYPE_CHECKING:
    from astro_nav_tools.demo.node import TourClient

#: s (wall) for the nodes to come up; the very first time numba compiles
READY_TIMEOUT = 240.0


def run_demo(request: Request, out: Path, timeout: float, rviz: bool | None) -> int:
    """Run the demo; 0 if every goal was reached without a collision, else 1. Raises AstroNavError for unusable input.

    Args:
        out: folder for summary.json, drive.png, drive.mcap and the log.
        timeout: s (wall) for the whole tour.
        rviz: show it, or not; None: if rviz2 and a display are there.
    """
    console = Console(highlight=False)
    tour = make_tour(request)
    shown = rviz_is_possible() if rviz is None else rviz
    if shown and not rviz_is_possible():
        raise AstroNavError("rviz cannot be shown: it needs rviz2 on the PATH and a display (DISPLAY); use --headless")
    alone = "ROS_DOMAIN_ID" not in os.environ
    environment = private_environment()
    try:
        from astro_nav_tools.demo.node import ros_client
    except ImportError as error:
        reason = str(error).splitlines()[0]
        raise AstroNavError(f"ROS 2 cannot be used ({reason}); `astro-nav doctor` says what to do") from None
    os.environ.update(environment)
    console.print(
        f"{tour.scenario}: {len(tour.goals)} goals, robot {tour.robot_name}, seed {tour.seed}{'' if shown else ', headless'}"
    )
    console.print(
        f"Listen in with: {' '.join(f'{key}={value}' for key, value in environment.items())} ros2 topic list",
        soft_wrap=True,
    )
    with terminating_signals_interrupt(), ros_client() as client:
        if not alone:
            client.refuse_others([node.name for node in NODES])
        with Session(tour, out.resolve(), environment, shown) as session:
            client.watch = session.check
            legs = drive_tour(tour, client, timeout, console)
    return report(tour, legs, session.recording, out, console)


def rviz_is_possible() -> bool:
    """True if there is something to show pictures with and on."""
    return shutil.which("rviz2") is not None and bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def terminating_signals_interrupt() -> Iterator[None]:
    """SIGTERM and SIGHUP end the demo as Ctrl-C does: in order, with no node left behind."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def drive_tour(tour: Tour, client: TourClient, timeout: float, console: Console) -> list[Leg]:
    """Send the goals one after the other; a goal that is missed does not end the tour, running out of time does."""
    progress = Progress(console)
    began = time.monotonic()
    legs: list[Leg] = []
    try:
        progress.show("starting the nodes...")
        client.wait_until_ready(READY_TIMEOUT)
        ready = time.monotonic()
        progress.keep(f"ready after {ready - began:.1f} s")
        for number, goal in enumerate(tour.goals, 1):

            def show(outlook: Outlook, title: str = f"{number}/{len(tour.goals)} {goal.name}") -> None:
                progress.show(progress_line(title, outlook))

            legs.append(client.drive_to(goal.name, goal.pose, max(0.0, ready + timeout - time.monotonic()), show))
            progress.keep(leg_line(number, legs[-1]))
    finally:
        progress.close()
    return legs


def progress_line(title: str, outlook: Outlook) -> str:
    """One line of how the drive stands."""
    remaining = "" if math.isnan(outlook.remaining) else f"{outlook.remaining:.1f} m to go, "
    return (
        f"{title}: {remaining}{outlook.speed:.2f} m/s, {outlook.time:5.1f} s, "
        f"{outlook.collisions} collisions, {outlook.recoveries} recoveries"
    )


def leg_line(number: int, leg: Leg) -> str:
    """One line of how a goal ended."""
    outcome = "reached" if leg.reached else f"NOT reached ({leg.code}: {leg.message or 'no reason given'})"
    return f"{number} {leg.name}: {outcome} in {leg.end - leg.start:.1f} s"


def report(tour: Tour, legs: list[Leg], recording: Path, out: Path, console: Console) -> int:
    """Measure the recorded drive, write the results, print the tables; returns the exit status."""
    drive = read_drive(recording)
    summary = summarize(tour, legs, drive)
    rows = [leg._asdict() for leg in legs]
    # the numbers stand at the top, where design and readers look first, and in `summary`, as in every result file
    content = {**summary, "summary": summary, "goals": rows, **provenance({"simulation": tour.seed}, tour.changed)}
    write_json(out / "summary.json", content)
    draw(out / "drive.png", tour, drive, headline(summary))
    print_tables(console, legs, summary)
    console.print(f"Written to {out}: summary.json, drive.png, drive.mcap (open it in Foxglove)", soft_wrap=True)
    return 0 if summary["goals_reached"] == summary["goals_total"] and summary["collisions"] == 0 else 1
