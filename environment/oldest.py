"""`python3 -m environment.oldest TESTS`: run tests that need no ROS with the oldest supported libraries."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from environment.paths import FOLDER, REPOSITORY
from environment.steps import SetUpError, Step, call, digest
from environment.wheels import ADVICE

LOCK = FOLDER / "oldest.lock"
VENV = REPOSITORY / ".venv-oldest"
PYTHONS = ("python3", "python3.12", "python3.11", "python3.10")


def interpreter() -> str | None:
    """A Python that these libraries exist for: 3.10 to 3.12."""
    for name in (sys.executable, *PYTHONS):
        command = shutil.which(name)
        test = "import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))"
        if command and subprocess.run([command, "-c", test], capture_output=True, check=False).returncode == 0:
            return command
    return None


def main() -> int:
    command = interpreter()
    if command is None:
        print("oldest libraries: left out, as they need Python 3.10, 3.11 or 3.12 (sudo apt install python3.12-venv)")
        return 0
    python = VENV / "bin" / "python"

    def make(_interrupted: bool) -> None:
        shutil.rmtree(VENV, ignore_errors=True)
        subprocess.run([command, "-m", "venv", str(VENV)], check=True)
        pip = [str(python), "-m", "pip", "install", "--no-deps", "--no-input", "--disable-pip-version-check"]
        call([*pip, "--requirement", str(LOCK)], "oldest", advice=ADVICE)

    try:
        Step("oldest", "oldest supported libraries, in .venv-oldest", digest(LOCK, command, str(VENV)), make).run()
    except SetUpError as error:
        print(f"set-up failed: {error}", file=sys.stderr)
        return 1
    # its own cache of compiled kernels, and nothing of the ROS environment
    variables = {**os.environ, "PYTHONPATH": str(REPOSITORY), "NUMBA_CACHE_DIR": str(VENV / "numba")}
    tests = [name for name in sys.argv[1:] if Path(name).exists()]
    return subprocess.run([str(python), "-m", "pytest", "-q", *tests], env=variables, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
