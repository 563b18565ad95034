"""Errors of launch files."""

from __future__ import annotations

from astro_nav_common.errors import AstroNavError


class LaunchError(AstroNavError):
    """A launch file, an argument of one, or a program it names cannot be used."""
