"""`bench guard_latency`: from a scan's stamp to the receipt of its command, over DDS, beside a busy planner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from astro_nav_tools.bench.output import OUT, finish
from astro_nav_tools.domain import private_environment
from astro_nav_tools.results import provenance

#: what `bench cycle` is given beside the guard: it is started anew when it has ended
_LOAD = (sys.executable, "-m", "astro_nav_tools.main", "bench", "cycle", "--out")


def guard_latency(
    seconds: Annotated[float, typer.Option(min=5.0, help="Time of measuring.")] = 60.0,
    beside: Annotated[bool, typer.Option(help="With `bench cycle` running on the other core.")] = True,
    priority: Annotated[
        int, typer.Option(min=0, max=99, help="The guard's realtime_priority; 0: the usual scheduler.")
    ] = 10,
    out: Annotated[Path, OUT] = Path("out/bench/guard_latency.json"),
) -> int:
    """Scan to command of the guard's node, on two cores."""
    environment = private_environment()
    os.environ.update(environment)
    cores = sorted(os.sched_getaffinity(0))[-2:]
    with _only_on(cores), tempfile.TemporaryDirectory() as folder:
        guard = (sys.executable, "-m", "astro_nav_reactive.node", "--ros-args", "-p", f"realtime_priority:={priority}")
        with _process(guard, Path(folder) / "guard.log"), _busy(Path(folder), beside):
            from astro_nav_tools.bench.probe_node import measure  # only here: the other benchmarks do without ROS

            latencies = measure(seconds)
    p50, p99 = float(np.median(latencies)), float(np.percentile(latencies, 99))
    summary = {
        "scans": len(latencies), "scan_to_cmd_ms": {"p50": p50, "p99": p99, "max": float(latencies.max())},
        "realtime_priority": priority, "beside_cycle": beside, "cores": len(cores), "load_average": os.getloadavg()[0],
    }  # fmt: skip
    line = (
        f"scan to cmd_vel over DDS: {p50:.2f} ms median, {p99:.2f} ms 99th percentile, {latencies.max():.1f} ms at most, of "
        f"{len(latencies)} scans; load average {summary['load_average']:.1f}"
    )
    return finish(out, summary, provenance(), [line])


@contextmanager
def _only_on(cores: list[int]) -> Iterator[None]:
    """This process and what it starts, on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def _process(command: tuple[str, ...], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended as Ctrl-C would, with all that it has started."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(10.0)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def _busy(folder: Path, beside: bool) -> Iterator[None]:
    """`bench cycle` over and over, or nothing."""
    if not beside:
        yield
        return
    again = f"while True: subprocess.run({(*_LOAD, str(folder / 'cycle.json'))!r}, check=True)"
    with _process((sys.executable, "-c", f"import subprocess\n{again}"), folder / "load.log"):
        yield
