"""Resolve the `.in` files for every supported Python into exact versions, the `.lock` files.

For maintainers only (`python -m environment.lock`); it needs one interpreter of each supported version on the PATH.
The oldest Python is resolved first and its versions are preferred for the others, so that one version serves all
of them wherever that is possible, and a requirement is marked only where it is not.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
PYTHONS = ("3.10", "3.11", "3.12", "3.13")

# Not installed although some wheel names them. The bootstrapper restarts Python with an incomplete environment (see
# startup.py), lark-parser and lark both hold the module `lark`, and the others are plug-ins that nothing here uses.
LEFT_OUT = re.compile(
    r"ros-jazzy-.*|ros-wheels-bootstrapper|lark-parser|colcon-(notification|test-result|pkg-config)|notify2"
    r"|pytest-(cov|repeat|rerunfailures)|coverage|pip"
)

Versions = dict[str, str]


def canonical(name: str) -> str:
    """The name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def interpreter(version: str) -> str:
    """A `python3.x` from the PATH that really starts (shims of version managers may not)."""
    command = shutil.which(f"python{version}")
    if command is None or subprocess.run([command, "-c", ""], check=False).returncode:
        sys.exit(f"lock: python{version} does not run; install it, or let its version manager offer it")
    return command


def resolve(python: str, requirements: list[Path], preferred: Versions) -> Versions:
    """What pip would install for `requirements` with `python`, as name to version."""
    with tempfile.TemporaryDirectory() as folder:
        report, wishes = Path(folder, "report.json"), Path(folder, "preferred.txt")
        wishes.write_text("".join(f"{name}=={version}\n" for name, version in preferred.items()))
        command = [python, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        command += ["--report", str(report), "--constraint", str(wishes)]
        for file in requirements:
            command += ["--requirement", str(file)]
        subprocess.run(command, check=True)
        found = [item["metadata"] for item in json.loads(report.read_text())["install"]]
    names = {canonical(item["name"]): item["version"] for item in found}
    return {name: version for name, version in sorted(names.items()) if not LEFT_OUT.fullmatch(name)}


def lines(by_python: dict[str, Versions], names: set[str]) -> list[str]:
    """Requirement lines for `names`, with a marker where the Pythons differ."""
    result = []
    for name in sorted(names):
        pythons_of: dict[str, list[str]] = {}
        for python, versions in by_python.items():
            if name in versions:
                pythons_of.setdefault(versions[name], []).append(python)
        for version, pythons in pythons_of.items():
            marker = " or ".join(f'python_version == "{python}"' for python in pythons)
            result.append(f"{name}=={version}" + (f" ; {marker}" if len(pythons) < len(by_python) else ""))
    return result


def lock(pythons: tuple[str, ...], *names: str) -> None:
    """Write the lock files of `names`, which are installed together; each holds what those before it do not."""
    files = [FOLDER / f"{name}.in" for name in names]
    chosen: dict[str, Versions] = {}
    owner: dict[str, Path] = {}  # by package: the first file whose closure it is in
    preferred: Versions = {}
    for version in pythons:
        command = interpreter(version)
        chosen[version] = resolve(command, files, preferred)
        preferred = {**chosen[version], **preferred}
        for i, file in enumerate(files):
            closure = chosen[version] if file == files[-1] else resolve(command, files[: i + 1], preferred)
            for name in closure:
                owner.setdefault(name, file)
        print(f"{', '.join(names)} for Python {version}: {len(chosen[version])} packages")
    for file in files:
        header = f"# made from {file.name} by `python -m environment.lock`; do not edit"
        mine = {name for name, first in owner.items() if first == file}
        file.with_suffix(".lock").write_text("\n".join([header, *lines(chosen, mine)]) + "\n")


def main() -> None:
    lock(PYTHONS, "ros", "python")
    lock(PYTHONS[:-1], "oldest")  # scipy 1.11 ends at Python 3.12


if __name__ == "__main__":
    main()
