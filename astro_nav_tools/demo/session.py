"""The demo's processes: simulator, map server, the three planners and the recorder, run by the launch runner in a process of its own."""

from __future__ import annotations

import ctypes
import fcntl
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import yaml

from astro_nav_common.errors import AstroNavError
from astro_nav_global.map_io import save_map
from astro_nav_tools.demo.request import Tour

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
#: s the launch runner is given to end its children; it needs less, however deaf they are
SHUTDOWN_TIME = 20.0


class SessionError(AstroNavError):
    """The nodes do not run as they should."""


class Session:
    """The running processes, as a context: when it is left, for whatever reason, all of them have ended."""

    def __init__(self, tour: Tour, out: Path, environment: Mapping[str, str], rviz: bool) -> None:
        """Args: out: folder for log, map and recording, made if needed. environment: domain and discovery (`domain.py`)."""
        self.recording, self.log = out / "drive.mcap", out / "log" / "launch.log"
        self._tour, self._out, self._rviz = tour, out, rviz
        self._environment = {**os.environ, **environment, "ROS_LOG_DIR": str(out / "log")}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Session:
        """Write what the nodes read, and start them. Raises SessionError if the folder cannot be written."""
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self._claim_folder()
            self.recording.unlink(missing_ok=True)
            arguments = self._launch_arguments()
            with self.log.open("wb") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "astro_nav_tools.main", "launch", "simulation", *arguments],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=self._environment,
                    start_new_session=True,  # a Ctrl-C is for the demo, which then ends the nodes in order
                    preexec_fn=lambda: _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0),
                )  # fmt: skip
        except OSError as error:
            raise SessionError(f"the folder '{self._out}' cannot be used for the results: {error.strerror}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the nodes."""
        if self._process is None:
            return
        self._process.terminate()  # not SIGINT: a demo that a script runs in the background has inherited that it is ignored
        try:
            self._process.wait(SHUTDOWN_TIME)
        except subprocess.TimeoutExpired:
            self._process.kill()  # its children die with it
            self._process.wait()

    def _claim_folder(self) -> None:
        """Two demos that write into one folder spoil each other's results; the lock lasts as long as this process."""
        self._lock = (self._out / ".lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SessionError(
                f"another demo is writing into '{self._out}'; choose another folder with --out"
            ) from None

    def check(self) -> None:
        """Raise SessionError with the last words of the log if the nodes have ended."""
        if self._process is not None and self._process.poll() is not None:
            raise SessionError(f"the nodes have ended too early: {last_words(self.log)} (all of it: {self.log})")

    def _launch_arguments(self) -> list[str]:
        tour = self._tour
        map_file, simulator_file = self._out / "map.yaml", self._out / "simulator.yaml"
        save_map(tour.map, map_file)
        parameters = {"start": [float(value) for value in tour.start]}
        simulator_file.write_text(yaml.safe_dump({"/**/simulator": {"ros__parameters": parameters}}))
        arguments = {
            "world": tour.world_name, "robot": tour.robot_name, "seed": tour.seed, "map": map_file, "record": self.recording,
            "simulator_params_file": simulator_file, "rviz": "true" if self._rviz else "false",
        }  # fmt: skip
        if tour.params_file is not None:
            arguments["params_file"] = tour.params_file
        return [f"{name}:={value}" for name, value in arguments.items()]


def last_words(log: Path) -> str:
    """Which program ended first, and the last thing it said, in one line."""
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        return "nothing was logged"
    for number, line in enumerate(lines):
        death = re.match(r"\[launch\] (\S+) (ended|was killed)", line)
        if death:
            said = [other for other in lines[:number] if other.startswith(f"[{death[1]}]")]
            return " / ".join((line.removeprefix("[launch] "), *(said[-1:])))
    return lines[-1] if lines else "nothing was logged"
