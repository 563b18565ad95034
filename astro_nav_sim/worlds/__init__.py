"""The worlds by name or file: `load_world`."""

from astro_nav_sim.worlds.load import load_world

__all__ = ["load_world"]
