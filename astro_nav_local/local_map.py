"""The rolling local map: log-odds of occupancy from ray-cast scans, in odom, with when each cell was last seen."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.conventions import FREE, OCCUPIED, UNKNOWN
from astro_nav_common.geometry import compose
from astro_nav_common.grid import Grid
from astro_nav_common.history import OdometryBuffer
from astro_nav_common.jit import kernel
from astro_nav_common.point_distance import point_distance_field
from astro_nav_common.types import Scan
from astro_nav_local.agreement import Agreement, compare
from astro_nav_local.params import LocalParams
from astro_nav_local.scene import Frame

LOWEST, HIGHEST = -2.0, 3.5
OCCUPIED_ABOVE = 0.5
#: Nav2's costs: largest of a passable cell, and those of the others.
PASSABLE_COST, INSCRIBED_COST, LETHAL_COST, UNKNOWN_COST = 252, 253, 254, 255
#: Distances beyond this matter to nothing in the local layer, m.
FAR = 3.0
#: `reach`, `reach_from` and `hidden_within` of scans that say nothing about it; what is hidden where of a layer of such scans
_EVERYWHERE = np.empty(0, np.float32)
_NOWHERE = np.empty((0, 0), np.float32)
#: Weight of a new hit in the mean place of a cell's hits.
HIT_WEIGHT = np.float32(0.2)


class LocalMap:
    """`size` x `size` m around the robot, aligned with the cells of one infinite odom grid, so scrolling never resamples."""

    def __init__(self, params: LocalParams) -> None:
        self._params = params
        self.resolution = params.map_resolution
        self.cells = 2 * int(round(0.5 * params.map_size / self.resolution))
        self.log_odds = np.zeros((self.cells, self.cells), np.float32)  # of the layer that most scans share
        self._layers = {"": self.log_odds}
        #: of layers whose sensors look over what is low: how near to them what stands in a cell is hidden, m
        self._hidden: dict[str, np.ndarray] = {}
        self.seen = np.zeros((self.cells, self.cells), np.uint8)
        #: (2, rows, cols) where in each cell the beams end, in the mean: x, y from its centre, in cells
        self.hits = np.zeros((2, self.cells, self.cells), np.float32)
        self._nearest = np.zeros_like(self.hits)
        self.distance = np.full((self.cells, self.cells), FAR, np.float32)
        self.unseen = np.ones((self.cells, self.cells), np.uint8)
        self._touched = np.zeros((self.cells, self.cells), np.uint8)
        self._column = 0  # of cell [0, 0] in the infinite grid
        self._row = 0
        self._placed = False
        self._agreement = Agreement()
        self._decayed_t: float | None = None

    @property
    def origin_x(self) -> float:
        """x of the lower left corner, m, odom."""
        return self._column * self.resolution

    @property
    def origin_y(self) -> float:
        """y of the lower left corner, m, odom."""
        return self._row * self.resolution

    @property
    def frame(self) -> Frame:
        """Where its grids lie, as kernels take it."""
        return Frame(self.origin_x, self.origin_y, self.resolution)

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """(row, col) of a point, m, odom; it may lie off the map."""
        return math.floor((y - self.origin_y) / self.resolution), math.floor((x - self.origin_x) / self.resolution)

    def contains(self, row: int, col: int) -> bool:
        """Whether there is such a cell."""
        return 0 <= row < self.cells and 0 <= col < self.cells

    def clear(self) -> None:
        """Forget everything seen."""
        for layer in self._layers.values():
            layer.fill(0.0)
        self.seen.fill(0)
        self._placed = False
        self._decayed_t = None

    def forget(self, x: float, y: float, half_width: float, outside: bool = False) -> None:
        """Forget what was seen in the square around a point, m, or outside of it."""
        centers = (np.arange(self.cells) + 0.5) * self.resolution
        rows = np.abs(self.origin_y + centers - y) <= half_width
        cols = np.abs(self.origin_x + centers - x) <= half_width
        gone = (rows[:, None] & cols[None, :]) != outside
        for layer in self._layers.values():
            layer[gone] = 0.0
        self.seen[gone] = 0

    def center_on(self, x: float, y: float) -> None:
        """Scroll by whole cells so that (x, y) lies in the middle; what leaves the window is forgotten."""
        column = int(math.floor(x / self.resolution)) - self.cells // 2
        row = int(math.floor(y / self.resolution)) - self.cells // 2
        if self._placed and (column != self._column or row != self._row):
            for layer in (*self._layers.values(), *self._hidden.values()):
                _scroll(layer, row - self._row, column - self._column)
            _scroll(self.seen, row - self._row, column - self._column)
            for hits in self.hits:
                _scroll(hits, row - self._row, column - self._column)
        self._column, self._row, self._placed = column, row, True

    def integrate(self, scan: Scan, odometry: OdometryBuffer) -> bool:
        """Add one scan, each beam from where the sensor was at its time. False if odometry does not reach back to it."""
        first, last = odometry.pose_at(scan.t), odometry.pose_at(scan.last_t)
        if first is None or last is None:
            return False
        if not self._placed:
            self.center_on(first.x, first.y)
        begin, end = compose(first, scan.sensor_base), compose(last, scan.sensor_base)
        turn = math.remainder(end.yaw - begin.yaw, math.tau)
        if scan.layer not in self._layers:
            self._layers[scan.layer] = np.zeros_like(self.log_odds)
        if scan.hidden_within is not None and scan.layer not in self._hidden:
            self._hidden[scan.layer] = np.zeros_like(self.log_odds)
        layer, ranges = self._layers[scan.layer], np.ascontiguousarray(scan.ranges, np.float32)
        reach, reach_from, hidden_within = (
            _EVERYWHERE if values is None else np.ascontiguousarray(values, np.float32)
            for values in (scan.reach, scan.reach_from, scan.hidden_within)
        )
        hidden = _NOWHERE if scan.hidden_within is None else self._hidden[scan.layer]
        votes = compare(
            layer, ranges, reach, reach_from, scan.angle_min, scan.angle_increment, scan.range_min, scan.range_max,
            begin.x, begin.y, begin.yaw, turn, self.origin_x, self.origin_y, self.resolution,
        )  # fmt: skip
        if self._agreement.lost(*votes):
            self.clear()
            self.center_on(first.x, first.y)
        integrate_beams(
            layer, self.hits, self.seen, self._touched, hidden, ranges, reach, reach_from, hidden_within,
            scan.angle_min, scan.angle_increment, scan.range_min, scan.range_max,
            begin.x, begin.y, begin.yaw, end.x - begin.x, end.y - begin.y, turn,
            self.origin_x, self.origin_y, self.resolution, self._params.hit_log_odds, self._params.miss_log_odds,
        )  # fmt: skip
        return True

    def decay(self, now: float) -> None:
        """Let evidence fade; what is in view is renewed by every scan."""
        if self._decayed_t is not None and now > self._decayed_t:
            share = np.float32(0.5 ** ((now - self._decayed_t) / self._params.map_half_life))
            for layer in self._layers.values():
                layer *= share
        self._decayed_t = now

    def update_fields(self) -> None:
        """Recompute `distance` (m, to where beams ended in the nearest occupied cells) and `unseen`."""
        point_distance_field(self._occupied(), self.hits, self.resolution, FAR, self._nearest, self.distance)
        np.equal(self.seen, 0, out=self.unseen.view(np.bool_))

    def obstacles_near(self, x: float, y: float, radius: float) -> np.ndarray:
        """(N, 2) x, y of the centres of the occupied cells in the square of half-width `radius` m around a point."""
        row, col = self.cell(x, y)
        reach = math.ceil(radius / self.resolution)
        low = max(row - reach, 0), max(col - reach, 0)
        near = self._occupied()[low[0] : max(row + reach + 1, 0), low[1] : max(col + reach + 1, 0)]
        return (np.argwhere(near)[:, ::-1] + (low[1] + 0.5, low[0] + 0.5)) * self.resolution + (
            self.origin_x,
            self.origin_y,
        )

    def grid(self) -> Grid:
        """Occupancy as in nav_msgs/OccupancyGrid: 0, 100, -1."""
        data = np.where(self._occupied(), np.int8(OCCUPIED), np.int8(FREE))
        data[self.seen == 0] = UNKNOWN
        return Grid(data, self.resolution, self.origin_x, self.origin_y)

    def _occupied(self) -> np.ndarray:
        """(rows, cols) bool: something stands there at one height or another."""
        occupied = self.log_odds > OCCUPIED_ABOVE
        for name, layer in self._layers.items():
            if name:
                occupied |= layer > OCCUPIED_ABOVE
        return occupied

    def nav2_costs(self, inscribed: float) -> Grid:
        """As nav2_msgs/Costmap has it: 0 free ... 252, 253 nearer than `inscribed` m, 254 occupied, 255 never seen."""
        falling = PASSABLE_COST * np.exp((inscribed - self.distance) / self._params.clearance_scale)
        costs = np.where(self.distance < inscribed, INSCRIBED_COST, falling).astype(np.uint8)
        costs[(self.seen == 0) & (costs < INSCRIBED_COST)] = UNKNOWN_COST
        costs[self._occupied()] = LETHAL_COST
        return Grid(costs, self.resolution, self.origin_x, self.origin_y)


@kernel
def _scroll(field: np.ndarray, down: int, left: int) -> None:
    """Move the window over the field by (rows, cols); cells that come into it are zero."""
    rows, cols = field.shape
    row_order = 1 if down >= 0 else -1
    col_order = 1 if left >= 0 else -1
    for i in range(rows):
        r = i if row_order > 0 else rows - 1 - i
        for j in range(cols):
            c = j if col_order > 0 else cols - 1 - j
            inside = 0 <= r + down < rows and 0 <= c + left < cols
            field[r, c] = field[r + down, c + left] if inside else 0


@kernel
def integrate_beams(
    log_odds: np.ndarray, hits: np.ndarray, seen: np.ndarray, touched: np.ndarray, hidden: np.ndarray, ranges: np.ndarray,
    reach: np.ndarray, reach_from: np.ndarray, hidden_within: np.ndarray,
    angle_min: float, angle_increment: float, range_min: float, range_max: float,
    x: float, y: float, yaw: float, dx: float, dy: float, turn: float,
    origin_x: float, origin_y: float, resolution: float, hit: float, miss: float,
) -> None:  # fmt: skip
    """Ray-cast all beams into the map: first the ends, then the ways, so that no beam clears a cell that another ends in.

    reach: how far a beam that ends nowhere has seen, m; empty: as far as range_max. reach_from, hidden_within: as in `Scan`, or empty;
    hidden: (rows, cols) the latter of what stands in a cell, updated, or (0, 0). The sensor moves from (x, y, yaw) by (dx, dy, turn)
    over the scan. A cell changes once a scan, however many beams meet it.
    """
    rows, cols = log_odds.shape
    n = ranges.shape[0]
    touched[:, :] = 0
    for phase in range(2):
        for i in range(n):
            r = ranges[i]
            if math.isnan(r) or r < range_min:
                continue
            is_hit = r < range_max
            if phase == 0 and not is_hit:
                continue
            f = i / max(n - 1, 1)
            angle = yaw + f * turn + angle_min + i * angle_increment
            u = (x + f * dx - origin_x) / resolution
            v = (y + f * dy - origin_y) / resolution
            c = math.cos(angle)
            s = math.sin(angle)
            if phase == 0:
                u += r * c / resolution
                v += r * s / resolution
                col = int(math.floor(u))
                row = int(math.floor(v))
                if not (0 <= row < rows and 0 <= col < cols):
                    continue
                weight = HIT_WEIGHT if log_odds[row, col] > 0.0 else np.float32(1.0)
                hits[0, row, col] += weight * (np.float32(u - col - 0.5) - hits[0, row, col])
                hits[1, row, col] += weight * (np.float32(v - row - 0.5) - hits[1, row, col])
                if touched[row, col] == 0:
                    log_odds[row, col] = min(log_odds[row, col] + hit, HIGHEST)
                    seen[row, col] = 1
                    touched[row, col] = 2
                    if hidden.size > 0:
                        hidden[row, col] = hidden_within[i] if hidden_within.size > 0 else 0.0
                continue
            length = min(r, range_max)
            if not is_hit and reach.size > 0:
                length = min(length, reach[i])
            begin = reach_from[i] / resolution if reach_from.size > 0 else 0.0
            length = length / resolution - (0.5 if is_hit else 0.0)
            _clear_way(log_odds, seen, touched, hidden, resolution, u, v, c, s, begin, length, miss)


@kernel
def _clear_way(
    log_odds: np.ndarray,
    seen: np.ndarray,
    touched: np.ndarray,
    hidden: np.ndarray,
    resolution: float,
    u: float,
    v: float,
    c: float,
    s: float,
    begin: float,
    length: float,
    miss: float,
) -> None:
    """Walk the cells from (u, v) along (c, s) for `length` cells (Amanatides and Woo, 1987) and lower their evidence.

    Nearer than `begin` cells only that of things too high to be `hidden` there.
    """
    rows, cols = log_odds.shape
    col = int(math.floor(u))
    row = int(math.floor(v))
    step_c = 1 if c > 0.0 else -1
    step_r = 1 if s > 0.0 else -1
    per_c = 1.0 / max(abs(c), 1e-12)
    per_r = 1.0 / max(abs(s), 1e-12)
    next_c = ((col + 1 - u) if c > 0.0 else (u - col)) * per_c
    next_r = ((row + 1 - v) if s > 0.0 else (v - row)) * per_r
    inside_before = False
    here = 0.0  # where the way comes into the cell
    while True:
        inside = 0 <= row < rows and 0 <= col < cols
        if inside:
            inside_before = True
            is_told = here >= begin or (
                hidden.size > 0 and log_odds[row, col] > 0.0 and here * resolution >= hidden[row, col]
            )
            if is_told and touched[row, col] == 0:
                touched[row, col] = 1
                log_odds[row, col] = max(log_odds[row, col] + miss, LOWEST)
                seen[row, col] = 1
        elif inside_before:
            return
        if min(next_c, next_r) > length:
            return
        here = min(next_c, next_r)
        if next_c < next_r:
            col += step_c
            next_c += per_c
        else:
            row += step_r
            next_r += per_r
