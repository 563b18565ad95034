"""Nodes as processes of their own: started, killed, held and started again by name, ended by their own ids."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from astro_nav_common.errors import AstroNavError
from astro_nav_tools.installation import SOURCE_ROOT

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
#: s given to a process to end after SIGINT
ENDING = 60.0


class ProcessError(AstroNavError):
    """A process has ended that should run."""


class Processes:
    """Running nodes; all of them have ended when the context is left."""

    def __init__(self, logs: Path) -> None:
        """Args: logs: existing folder for their output, `NAME.log`."""
        self.logs = logs
        self._commands: dict[str, list[str]] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self, name: str, module: str, *words: str, remaps: Mapping[str, str] | None = None, **parameters: object
    ) -> None:
        """Start `python -m module words...` with ROS parameters and remappings {from: to}."""
        arguments = [part for key, value in parameters.items() for part in ("-p", f"{key}:={value}")]
        arguments += [part for key, value in (remaps or {}).items() for part in ("-r", f"{key}:={value}")]
        ros = ["--ros-args", *arguments] if arguments else []
        self._commands[name] = [sys.executable, "-m", module, *words, *ros]
        self.restart(name)

    def restart(self, name: str) -> None:
        """Start it as before, and end the one that still runs; its output is appended to the log."""
        if name in self._running:
            self.kill(name)
        with (self.logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                self._commands[name], cwd=SOURCE_ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                preexec_fn=_die_with_parent(),
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """End it at once, as `kill -9` does."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def pause(self, name: str) -> None:
        """Hold it: it is there and does nothing."""
        self._running[name].send_signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let a paused process go on."""
        self._running[name].send_signal(signal.SIGCONT)

    def signal(self, name: str, number: int) -> None:
        """Send it a signal."""
        self._running[name].send_signal(number)

    def pid(self, name: str) -> int | None:
        """Process id; None if it does not run."""
        process = self._running.get(name)
        return None if process is None or process.poll() is not None else process.pid

    def log(self, name: str) -> str:
        """What a node has said."""
        return (self.logs / f"{name}.log").read_text(errors="replace")

    def dead(self) -> list[str]:
        """Names of those that have ended by themselves."""
        return [name for name, process in self._running.items() if process.poll() is not None]

    def check(self) -> None:
        """Raise ProcessError with its last words if one of them has ended by itself."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise ProcessError(f"{name} has ended with {process.returncode}: {self.log(name)[-2000:]}")

    def end(self) -> dict[str, int]:
        """End all as Ctrl-C would; exit statuses by name."""
        for process in self._running.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)  # a paused one would not hear
                process.send_signal(signal.SIGINT)
        statuses = {}
        for name, process in self._running.items():
            try:
                statuses[name] = process.wait(ENDING)
            except subprocess.TimeoutExpired:
                process.kill()
                statuses[name] = process.wait()
        self._running.clear()
        return statuses

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def _die_with_parent() -> Callable[[], None]:
    """To be run in a child: the kernel kills it when this process is gone, even by SIGKILL."""
    parent = os.getpid()

    def ask() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # it was gone already

    return ask
