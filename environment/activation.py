"""What makes the environment usable: import paths, start-up variables, commands, the entry in the ament index."""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
import sysconfig
from pathlib import Path

from environment import startup
from environment.paths import FOLDER, INTERFACES, PYTHON, REPOSITORY, VENV
from environment.steps import digest, write_whole

SHARED = ("package.xml", "config", "launch", "rviz", "urdf", "gazebo")  # as a colcon build installs them
LAUNCH = "launch"
NAME = "astro_nav"
SETTINGS = REPOSITORY / "setup.cfg"


def inputs() -> str:
    present = [name for name in SHARED if (REPOSITORY / name).exists()]
    launch_files = sorted(path.name for path in (REPOSITORY / LAUNCH).iterdir())
    return digest(Path(__file__), FOLDER / "startup.py", SETTINGS, str(REPOSITORY), *present, *launch_files)


def activate(_interrupted: bool) -> None:
    site = Path(sysconfig.get_path("purelib", vars={"base": str(VENV), "platbase": str(VENV)}))
    shutil.copy(FOLDER / "startup.py", site / "astro_nav_startup.py")
    # Paths of a .pth file come after site-packages: what is really installed wins over the stand-ins.
    interfaces = INTERFACES / site.relative_to(VENV)
    paths = [REPOSITORY, interfaces, REPOSITORY / "compat" / "python"]
    lines = ["import astro_nav_startup; astro_nav_startup.start()", *map(str, paths)]
    write_whole(site / "astro_nav.pth", "\n".join(lines) + "\n")
    values = startup.variables(str(VENV))
    values.pop("PYTHONPATH", None)
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())
    path = f'export PATH={shlex.quote(str(VENV / "bin"))}:"$PATH"\n'
    write_whole(VENV / "setup.sh", "# source this to use other ROS tools on the environment\n" + exports + path)
    write_commands()
    write_index()


def write_commands() -> None:
    """The console scripts of setup.cfg, where pip and `ros2 run` would have them."""
    config = configparser.ConfigParser()
    config.read(SETTINGS)
    nodes = INTERFACES / "lib" / NAME
    shutil.rmtree(nodes, ignore_errors=True)
    for line in config["options.entry_points"]["console_scripts"].strip().splitlines():
        command, target = (part.strip() for part in line.split("="))
        module, function = target.split(":")
        # sh starts Python: the path of the interpreter may be too long, or hold spaces, for a #! line
        script = f"#!/bin/sh\n'''exec' {shlex.quote(str(PYTHON))} \"$0\" \"$@\"\n' '''\n"
        script += f"import sys\n\nfrom {module} import {function}\n\n"
        # spawned workers import the program they come from
        script += f'if __name__ == "__main__":\n    sys.exit({function}())\n'
        for folder in (nodes, VENV / "bin") if "-" in command else (nodes,):
            write_whole(folder / command, script, mode=0o755)


def write_index() -> None:
    """Let ament find the project itself: its share folder shows the files of the repository.

    Folders are links, so what is added to them is there at once; but `ros2 launch` looks for launch files in real folders only: those are linked
    one by one, and new ones by the next `make setup`.
    """
    index = INTERFACES / "share" / "ament_index" / "resource_index" / "packages"
    write_whole(index / NAME, "")
    share = INTERFACES / "share" / NAME
    shutil.rmtree(share, ignore_errors=True)
    share.mkdir(parents=True)
    for name in SHARED:
        if name == LAUNCH:
            shutil.copytree(REPOSITORY / name, share / name, copy_function=os.symlink)
        elif (REPOSITORY / name).exists():
            (share / name).symlink_to(REPOSITORY / name)
