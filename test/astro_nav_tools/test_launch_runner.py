"""The runner with real children: small Python programs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: s
PATIENCE = 60.0

#: writes its process number to the file named first, then waits
SLEEPER = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"
#: the same, deaf to friendly signals
DEAF = (
    "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    + SLEEPER
)
#: starts a sleeper of its own and waits
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPER!r}, sys.argv[1]])"


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts the runner as a process with children given as name=(code, argument); short escalation."""

    def _start(respawn: bool = False, essential: bool = False, **children: tuple[str, str]) -> subprocess.Popen[str]:
        programs = ", ".join(
            f"Program({name!r}, ({sys.executable!r}, '-c', {code!r}, {argument!r}), {{}}, respawn={respawn}, essential={essential})"
            for name, (code, argument) in children.items()
        )
        script = f"""
import asyncio, signal, sys
from astro_nav_tools.launch_runner.programs import Program
from astro_nav_tools.launch_runner.runner import Runner, print_line
escalation = ((signal.SIGINT, 1.0), (signal.SIGTERM, 0.5), (signal.SIGKILL, 2.0))
sys.exit(asyncio.run(Runner([{programs}], print_line, escalation).run()))
"""
        return subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True,
        )  # fmt: skip

    return _start


def pid_in(file: Path) -> int:
    """The process number that a child wrote, once it has."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if file.is_file() and file.read_text():
            return int(file.read_text())
        time.sleep(0.02)
    raise AssertionError(f"{file.name} was not written: the child did not start")


def gone(pid: int, within: float = 3.0) -> bool:
    """True if the process does not exist any more (or is only a zombie)."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


def test_output_has_the_name_in_front_and_all_done_is_success(start: Callable[..., subprocess.Popen[str]]) -> None:
    runner = start(a=("print('hello')", ""), b=("import sys; sys.stderr.write('no newline')", ""))
    output, _ = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 0
    assert {"[a] hello", "[b] no newline", "[launch] a has finished"} <= set(output.splitlines())


def test_an_essential_child_that_dies_is_named_and_the_rest_is_shut_down(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    runner = start(
        essential=True,
        good=(SLEEPER, "pid"),
        bad=("import os, sys, time\nwhile not os.path.exists('pid'): time.sleep(.01)\nsys.exit(7)", ""),
    )
    output, _ = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 1
    assert "[launch] bad ended with code 7: shutting down the rest" in output
    assert gone(pid_in(tmp_path / "pid"))


def test_another_child_that_dies_is_named_and_the_rest_goes_on(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    runner = start(good=(SLEEPER, "pid"), bad=("import sys; sys.exit(7)", ""))
    good = pid_in(tmp_path / "pid")
    assert runner.stdout is not None
    assert "[launch] bad ended with code 7: the rest goes on\n" in iter(runner.stdout.readline, "")
    assert not gone(good, within=0.5)
    runner.send_signal(signal.SIGINT)
    runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 1
    assert gone(good)


def test_a_child_killed_by_a_signal_is_reported_so(start: Callable[..., subprocess.Popen[str]]) -> None:
    runner = start(bad=("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", ""))
    output, _ = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 1
    assert "bad was killed by SIGSEGV" in output


def test_a_program_that_does_not_exist_is_a_clear_failure(tmp_path: Path) -> None:
    file = tmp_path / "x.launch.yaml"
    file.write_text("launch:\n- executable: {cmd: ./no_such_program}\n")
    done = subprocess.run(
        [sys.executable, "-m", "astro_nav_tools.main", "launch", str(file)], capture_output=True, text=True, timeout=PATIENCE,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "'./no_such_program' cannot be run: No such file or directory" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("code", [SLEEPER, DEAF, PARENT], ids=["sleeper", "deaf", "parent"])
def test_a_stop_signal_leaves_nothing_behind(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path, code: str, number: signal.Signals
) -> None:
    runner = start(child=(code, "pid"))
    child = pid_in(tmp_path / "pid")
    runner.send_signal(number)
    output, _ = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 0, output
    assert gone(child)


def test_ctrl_c_for_the_whole_group_reaches_children_once(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    counting = """
import signal, sys, time
count = 0
def on_interrupt(*_):
    global count
    count += 1
signal.signal(signal.SIGINT, on_interrupt)
open('pid', 'w').write('1')
while not count: time.sleep(0.01)
time.sleep(0.3)
print('interrupts', count)
"""
    runner = start(child=(counting, ""))
    pid_in(tmp_path / "pid")
    os.killpg(runner.pid, signal.SIGINT)
    output, _ = runner.communicate(timeout=PATIENCE)
    assert "[child] interrupts 1" in output


def test_children_die_with_a_killed_runner(start: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    runner = start(child=(DEAF, "pid"))
    child = pid_in(tmp_path / "pid")
    runner.kill()
    runner.communicate(timeout=PATIENCE)
    assert gone(child)


def test_respawn_starts_a_child_again(start: Callable[..., subprocess.Popen[str]]) -> None:
    once = "import os, sys\nif os.path.exists('seen'): sys.exit(0)\nopen('seen', 'w').close()\nsys.exit(3)"
    runner = start(respawn=True, child=(once, ""))
    output, _ = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 0
    assert "child ended with code 3: starting it again" in output
    assert "child has finished" in output
