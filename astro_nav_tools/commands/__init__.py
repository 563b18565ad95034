"""The subcommands: each module declares the arguments of one, and calls the code that does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from astro_nav_tools.commands.bench import bench
from astro_nav_tools.commands.demo import demo
from astro_nav_tools.commands.doctor import doctor
from astro_nav_tools.commands.generate import generate
from astro_nav_tools.commands.launch import launch
from astro_nav_tools.commands.memory import memory
from astro_nav_tools.commands.soak import soak

#: (name, function, settings of its context)
COMMANDS: tuple[tuple[str, Callable[..., Any], dict[str, Any]], ...] = (
    ("demo", demo, {}),
    ("bench", bench, {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}),
    ("doctor", doctor, {}),
    ("launch", launch, {}),
    ("memory", memory, {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}),
    ("soak", soak, {}),
    ("generate", generate, {}),
)
