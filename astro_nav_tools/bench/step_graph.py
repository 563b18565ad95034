"""The graph that the global search walks on, edge by edge, for a search that knows nothing of grids: scipy's Dijkstra.

skimage's MCP_Geometric is no reference: it cuts corners, and charges a step for both of its cells.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from astro_nav_common.jit import kernel
from astro_nav_tools.bench.grid_searches import Cell, step_factors


def least_costs(levels: np.ndarray, factors: np.ndarray, start: Cell) -> np.ndarray:
    """(rows, cols) cost of the cheapest way from the start, in straight steps at factor 1; infinite where there is none.

    Costs are not rounded, as those of the search are. Takes 120 bytes a cell.
    """
    weights = np.pad(step_factors(levels, factors), 1, constant_values=math.inf)
    first: np.ndarray = np.zeros(levels.size + 1, np.int32)
    to: np.ndarray = np.empty(8 * levels.size, np.int32)
    cost: np.ndarray = np.empty(8 * levels.size)
    count = _edges(weights, first, to, cost)
    graph = csr_array((cost[:count], to[:count], first), shape=(levels.size, levels.size))
    return dijkstra(graph, indices=start[0] * levels.shape[1] + start[1]).reshape(levels.shape)


@kernel
def _edges(weights: np.ndarray, first: np.ndarray, to: np.ndarray, cost: np.ndarray) -> int:
    """Rows of the sparse matrix of all steps; weights (rows + 2, cols + 2), infinite if blocked. Returns how many there are."""
    count = 0
    cols = weights.shape[1] - 2
    for cell in range(first.size - 1):
        row, col = cell // cols + 1, cell % cols + 1
        first[cell] = count
        if weights[row, col] == np.inf:
            continue
        for dr in range(-1, 2):
            for dc in range(-1, 2):
                # the cell itself, and diagonal steps past a blocked corner, are left out
                if (dr == 0 and dc == 0) or max(
                    weights[row + dr, col], weights[row, col + dc], weights[row + dr, col + dc]
                ) == np.inf:
                    continue
                to[count] = cell + dr * cols + dc
                cost[count] = weights[row + dr, col + dc] * (math.sqrt(2.0) if dr != 0 and dc != 0 else 1.0)
                count += 1
    first[first.size - 1] = count
    return count
