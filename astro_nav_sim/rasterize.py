"""The occupancy map of a world: what a robot would know of it after driving around with its doors open."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from astro_nav_common.conventions import FREE, OCCUPIED, UNKNOWN
from astro_nav_common.geometry import polygon_distances
from astro_nav_common.grid import Grid
from astro_nav_sim.clearance import box_corners
from astro_nav_sim.world import Box, Solid, World

MAP_HEIGHT = 0.25  # m: about that of a home robot's lidar
MAP_RESOLUTION = 0.05  # m
_MARGIN = 0.5  # m around everything


def rasterize(world: World, height: float = MAP_HEIGHT, resolution: float = MAP_RESOLUTION) -> Grid:
    """Static solids at one height as an occupancy grid; leaves, movers and surprises are not in it.

    A cell is occupied when its centre lies within half a cell of a solid: a thin leg marks a cell, a wall at most half a cell too
    much on either side. Free is what connects to the start; the rest is unknown.
    """
    solids = [solid for solid in world.solids if solid.z_low <= height < solid.z_high]
    bounds = np.array([_bounds(solid) for solid in solids] or [(*world.start[:2], *world.start[:2])])
    low = np.floor((bounds[:, :2].min(axis=0) - _MARGIN) / resolution) * resolution
    cols, rows = np.ceil((bounds[:, 2:].max(axis=0) + _MARGIN - low) / resolution).astype(int)
    grid = Grid(np.full((rows, cols), FREE, np.int8), resolution, float(low[0]), float(low[1]))
    for solid in solids:
        mark(grid, solid)
    regions, _ = ndimage.label(grid.data == FREE)
    row, col = grid.cell(world.start.x, world.start.y)
    if grid.contains(world.start.x, world.start.y) and regions[row, col]:
        grid.data[(regions != regions[row, col]) & (grid.data == FREE)] = UNKNOWN
    return grid


def _bounds(solid: Solid) -> tuple[float, float, float, float]:
    """(x_low, y_low, x_high, y_high) m."""
    if isinstance(solid, Box):
        corners = box_corners(solid)
        return (*corners.min(axis=0), *corners.max(axis=0))
    return solid.x - solid.radius, solid.y - solid.radius, solid.x + solid.radius, solid.y + solid.radius


def mark(grid: Grid, solid: Solid) -> None:
    """Make the cells of a grid in the world frame occupied where a solid is."""
    h = grid.resolution
    x_low, y_low, x_high, y_high = _bounds(solid)
    (row_low, col_low), (row_high, col_high) = grid.cell(x_low - h, y_low - h), grid.cell(x_high + h, y_high + h)
    cells = np.argwhere(np.ones((row_high - row_low + 1, col_high - col_low + 1), bool)) + np.array((row_low, col_low))
    centers = grid.centers(cells)
    if isinstance(solid, Box):
        distances = polygon_distances(centers, box_corners(solid))
    else:
        distances = np.hypot(centers[:, 0] - solid.x, centers[:, 1] - solid.y) - solid.radius
    # strictly less, with 0.1 mm to spare: rounding must not decide about a wall whose face lies on the cells' borders
    hit = cells[distances < 0.5 * h - 1e-4]
    grid.data[hit[:, 0], hit[:, 1]] = OCCUPIED
