"""One child process in a session of its own, its output line by line with its name in front."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
from collections.abc import Callable

from astro_nav_tools.launch_runner.errors import LaunchError
from astro_nav_tools.launch_runner.programs import Program

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
#: a line longer than this is passed on in pieces
_LONGEST_LINE = 1 << 16


def _die_with_parent() -> None:
    """Runs in the child before its program: the kernel kills it when the runner is gone, even by SIGKILL."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Child:
    """A running program. Being in its own session, it gets a Ctrl-C only from the runner, and once."""

    def __init__(self, program: Program, say: Callable[[str, str], None]) -> None:
        """Args: program: what to run. say: called with its name and each line of its output."""
        self.program = program
        self._say = say
        self._process: asyncio.subprocess.Process | None = None

    async def run(self) -> int:
        """Start the program and return its exit code, negative for a signal, when it and its output have ended."""
        environment = {
            **os.environ,
            **{key: value for key, value in self.program.environment.items() if value is not None},
        }
        for key in (key for key, value in self.program.environment.items() if value is None):
            environment.pop(key, None)
        environment.setdefault("PYTHONUNBUFFERED", "1")
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self.program.command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT, cwd=self.program.cwd, env=environment, start_new_session=True,
                preexec_fn=_die_with_parent,
            )  # fmt: skip
        except OSError as error:
            raise LaunchError(
                f"{self.program.name}: '{self.program.command[0]}' cannot be run: {error.strerror}"
            ) from None
        assert self._process.stdout is not None
        reading = asyncio.ensure_future(self._pass_on(self._process.stdout))
        code = await self._process.wait()
        self.signal(signal.SIGKILL)  # what it started itself and left behind in its group; it would hold the pipe open
        await reading
        return code

    def signal(self, number: int) -> None:
        """Send a signal to the program and everything in its process group; nothing happens when all of it is gone."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    async def _pass_on(self, stream: asyncio.StreamReader) -> None:
        rest = b""
        while chunk := await stream.read(_LONGEST_LINE):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._say(self.program.name, line.decode(errors="replace").rstrip("\r"))
        if rest:
            self._say(self.program.name, rest.decode(errors="replace"))


def describe_exit(code: int) -> str:
    """What an exit code means, in words."""
    if code >= 0:
        return f"ended with code {code}"
    return (
        f"was killed by {signal.Signals(-code).name}"
        if -code in set(signal.Signals)
        else f"was killed by signal {-code}"
    )
