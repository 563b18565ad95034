"""Steps that run once per content of their inputs, survive interruption, and say what they do."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from environment.paths import LOGS, STAMPS, shown


class SetUpError(Exception):
    """What went wrong and how to mend it, in words for the person at the terminal."""


@dataclass(frozen=True)
class Step:
    """One step of the set-up.

    Attributes:
        name: File name of its stamp and log.
        title: What is printed when it runs.
        inputs: Digest of everything its result depends on.
        action: Does the work. Its argument is true when an earlier run was interrupted half-way.
    """

    name: str
    title: str
    inputs: str
    action: Callable[[bool], None]

    @property
    def stamp(self) -> Path:
        return STAMPS / self.name

    @property
    def begun(self) -> Path:
        return STAMPS / f"{self.name}.begun"

    def done(self) -> bool:
        """Whether it ran to its end on these very inputs."""
        return self.stamp.is_file() and self.stamp.read_text() == self.inputs

    def run(self) -> None:
        """Do it unless it is done. The stamp is written last and in one piece, so it never claims too much."""
        if self.done():
            return
        print(f"set-up: {self.title}", flush=True)
        interrupted = self.begun.exists()
        STAMPS.mkdir(parents=True, exist_ok=True)
        self.begun.touch()
        self.stamp.unlink(missing_ok=True)
        self.action(interrupted)
        STAMPS.mkdir(parents=True, exist_ok=True)  # the step that makes the environment empties it first
        write_whole(self.stamp, self.inputs)
        self.begun.unlink(missing_ok=True)


def write_whole(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file so that a reader, or a crash, finds the old content or the new and nothing between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text)
    draft.chmod(mode)
    os.replace(draft, path)


def digest(*parts: str | Path | Iterable[Path]) -> str:
    """A hash over strings, files and whole folders (names and contents)."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            total.update(part.encode())
        else:
            for root in [part] if isinstance(part, Path) else part:
                for file in [root] if root.is_file() else sorted(root.rglob("*")):
                    if file.is_file() and "__pycache__" not in file.parts:
                        total.update(str(file.relative_to(root.parent)).encode() + b"\0" + file.read_bytes())
        total.update(b"\0\0")
    return total.hexdigest()


def call(command: list[str], log: str, environment: Mapping[str, str] | None = None, advice: str = "") -> None:
    """Run a command with its output in a log file.

    Raises:
        SetUpError: It failed; the end of the log and `advice` are in the message.
        KeyboardInterrupt: It was interrupted from the keyboard, as this process may not notice itself.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{log}.log"
    with path.open("w") as output:
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                env=environment, check=False).returncode  # fmt: skip
    if status in (130, -signal.SIGINT):
        raise KeyboardInterrupt
    if status:
        tail = "\n".join("    " + line for line in path.read_text(errors="replace").splitlines()[-15:])
        raise SetUpError(
            f"{command[0]} ended with status {status}; the end of {shown(path)}:\n{tail}\n{advice}".rstrip()
        )
