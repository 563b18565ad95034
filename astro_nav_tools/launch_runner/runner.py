"""Runs the programs of a launch file together: all until an essential one ends, then none."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Sequence

from astro_nav_tools.launch_runner.child import Child, describe_exit
from astro_nav_tools.launch_runner.errors import LaunchError
from astro_nav_tools.launch_runner.programs import Program

#: how the programs are asked to end, each with the seconds they are given before the next, sterner one
ESCALATION = ((signal.SIGINT, 5.0), (signal.SIGTERM, 3.0), (signal.SIGKILL, 5.0))
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_programs(programs: Sequence[Program], say: Callable[[str, str], None] | None = None) -> int:
    """Run programs until all have ended, an essential one ends, or a signal to stop arrives.

    Returns:
        0 if the programs ended well, by themselves or by a signal to this process; 1 if one of them died, or an essential one ended.
    """
    return asyncio.run(Runner(programs, say or print_line).run())


def print_line(name: str, line: str) -> None:
    """Print one line of a program's output. A closed screen (`| head`) is not an error of the programs."""
    try:
        print(f"[{name}] {line}", flush=True)
    except BrokenPipeError:
        sys.stdout = open("/dev/null", "w")  # noqa: SIM115  (stays open as this process's output from here on)


class Runner:
    """Supervises children; see `run_programs`."""

    def __init__(
        self,
        programs: Sequence[Program],
        say: Callable[[str, str], None],
        escalation: Sequence[tuple[int, float]] = ESCALATION,
    ) -> None:
        """Args: programs: to run. say: prints (name, line). escalation: (signal, seconds to wait) in turn."""
        self._children = [Child(program, say) for program in programs]
        self._say = say
        self._escalation = escalation
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._status = 0

    async def run(self) -> int:
        """Run all; see `run_programs`."""
        loop = asyncio.get_running_loop()
        caught = [number for number in _STOP_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        for number in caught:
            loop.add_signal_handler(number, self._on_signal, number)
        tasks = [asyncio.ensure_future(self._supervise(child)) for child in self._children]
        everything = asyncio.ensure_future(asyncio.wait(tasks)) if tasks else asyncio.ensure_future(asyncio.sleep(0))
        stopping = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait((everything, stopping), return_when=asyncio.FIRST_COMPLETED)
        for sign, seconds in self._escalation:
            if everything.done():
                break
            for child in (child for child, task in zip(self._children, tasks, strict=True) if not task.done()):
                if sign != self._escalation[0][0]:
                    self._say("launch", f"{child.program.name} has not ended: sending {signal.Signals(sign).name}")
                child.signal(sign)
            self._hurry.clear()
            hurry = asyncio.ensure_future(self._hurry.wait())
            await asyncio.wait((everything, hurry), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            hurry.cancel()
        stopping.cancel()
        for number in caught:
            loop.remove_signal_handler(number)
        return self._status

    async def _supervise(self, child: Child) -> None:
        program = child.program
        while True:
            try:
                code = await child.run()
            except LaunchError as error:
                self._fail(program, str(error))
                return
            if self._stop.is_set():
                return
            if code == 0 and not program.essential:
                self._say("launch", f"{program.name} has finished")
                return
            if not (program.respawn and code != 0):
                self._fail(program, f"{program.name} {describe_exit(code)}")
                return
            self._say(
                "launch", f"{program.name} {describe_exit(code)}: starting it again in {program.respawn_delay:g} s"
            )
            await asyncio.wait((asyncio.ensure_future(self._stop.wait()),), timeout=program.respawn_delay)
            if self._stop.is_set():
                return

    def _fail(self, program: Program, sentence: str) -> None:
        """As with ros2 launch, only an essential program takes the others along; the status tells of any."""
        self._status = 1
        if program.essential:
            self._say("launch", f"{sentence}: shutting down the rest")
            self._stop.set()
        else:
            self._say("launch", f"{sentence}: the rest goes on")

    def _on_signal(self, number: int) -> None:
        if self._stop.is_set():
            self._hurry.set()  # asked again: do not wait any longer for a friendly end
            return
        self._say("launch", f"{signal.Signals(number).name}: shutting down")
        self._stop.set()
