"""Standard ROS messages to and from the cores' types. Bulk fields go through buffers; every number that enters is checked.

rclpy does not check field types: whatever goes into a float64 field must be a Python float (an int or an np.float32 goes out as garbage).
"""

from __future__ import annotations

import math
from array import array
from typing import Any

import numpy as np
from builtin_interfaces.msg import Duration, Time
from geometry_msgs.msg import Point32, PolygonStamped, Pose as PoseMessage, PoseStamped, Quaternion, TransformStamped
from map_msgs.msg import OccupancyGridUpdate
from nav2_msgs.msg import Costmap
from nav_msgs.msg import OccupancyGrid, Odometry, Path
from sensor_msgs.msg import JointState, LaserScan

from astro_nav_common.errors import InputError, MapError
from astro_nav_common.grid import RESOLUTION_MAX, RESOLUTION_MIN, Grid
from astro_nav_common.types import Pose, Scan, State

#: a map may be turned by no more than this, rad: grids are axis-aligned
_MAP_YAW_TOLERANCE = 1e-3
#: poses of a path that is taken: a kilometre at the finest spacing there is
POSES_MAX = 20_000
#: m from the origin; m/s and rad/s; rad: far beyond any robot, and far below where squares overflow and searches have no end
POSITION_MAX, SPEED_MAX, ANGLE_MAX = 1e7, 100.0, 1e3


def seconds(stamp: Time) -> float:
    """A stamp as float seconds."""
    return float(stamp.sec) + stamp.nanosec * 1e-9


def stamp(t: float) -> Time:
    """Float seconds as a stamp."""
    whole = math.floor(t)
    nanosec = min(int(round((t - whole) * 1e9)), 999_999_999)
    return Time(sec=int(whole), nanosec=nanosec)


def duration(seconds_long: float) -> Duration:
    """A time span; infinite ones become the longest there is."""
    bounded = min(max(seconds_long, 0.0), 2.0**31 - 1.0)
    moment = stamp(bounded)
    return Duration(sec=moment.sec, nanosec=moment.nanosec)


def quaternion(yaw: float) -> Quaternion:
    """A turn about z."""
    return Quaternion(x=0.0, y=0.0, z=math.sin(0.5 * yaw), w=math.cos(0.5 * yaw))


def yaw_of(q: Quaternion, what: str) -> float:
    """Yaw of an orientation of any length but zero, rad. Raises InputError naming `what`."""
    norm = q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w
    if not math.isfinite(norm):
        raise InputError(f"the orientation of {what} is not finite")
    if norm < 1e-6:
        raise InputError(f"the orientation of {what} is a quaternion of zeros; for no turn send w = 1")
    return math.atan2(2.0 * (q.w * q.z + q.x * q.y), q.w * q.w + q.x * q.x - q.y * q.y - q.z * q.z)


def pose_of(message: PoseMessage, what: str) -> Pose:
    """The planar part of a pose. Raises InputError naming `what` for NaN, infinity or a quaternion of zeros."""
    x, y = message.position.x, message.position.y
    if not (math.isfinite(x) and math.isfinite(y)):
        raise InputError(f"the position ({x}, {y}) of {what} is not finite")
    return Pose(x, y, yaw_of(message.orientation, what))


def pose_message(pose: Pose) -> PoseMessage:
    """A planar pose."""
    message = PoseMessage()
    message.position.x, message.position.y = float(pose.x), float(pose.y)
    message.orientation = quaternion(float(pose.yaw))
    return message


def pose_stamped(pose: Pose, frame: str, t: float) -> PoseStamped:
    """A planar pose with its frame and time."""
    message = PoseStamped(pose=pose_message(pose))
    message.header.frame_id, message.header.stamp = frame, stamp(t)
    return message


def transform_message(pose: Pose, parent: str, child: str, t: float) -> TransformStamped:
    """T_parent_child."""
    message = TransformStamped(child_frame_id=child)
    message.header.frame_id, message.header.stamp = parent, stamp(t)
    message.transform.translation.x, message.transform.translation.y = float(pose.x), float(pose.y)
    message.transform.rotation = quaternion(float(pose.yaw))
    return message


def scan_of(message: LaserScan, sensor_base: Pose, source: str) -> Scan:
    """A scan with where its sensor sits on the robot. Raises InputError for a scan without ranges or with bad angles."""
    return Scan(
        t=seconds(message.header.stamp),
        ranges=np.frombuffer(message.ranges, np.float32),
        angle_min=message.angle_min,
        angle_increment=message.angle_increment,
        range_min=message.range_min,
        range_max=message.range_max,
        sensor_base=sensor_base,
        time_increment=message.time_increment,
        source=source,
    )


def scan_message(scan: Scan, frame: str, scan_time: float) -> LaserScan:
    """A scan; `scan_time` s from one scan to the next."""
    message = LaserScan(
        angle_min=float(scan.angle_min),
        angle_max=float(scan.angle_min + scan.angle_increment * (scan.ranges.size - 1)),
        angle_increment=float(scan.angle_increment),
        time_increment=float(scan.time_increment),
        scan_time=float(scan_time),
        range_min=float(scan.range_min),
        range_max=float(scan.range_max),
        ranges=floats(scan.ranges, "f"),
    )
    message.header.frame_id, message.header.stamp = frame, stamp(scan.t)
    return message


def floats(values: np.ndarray, kind: str = "d") -> array[float]:
    """A numeric array as the buffer of a float32 ("f") or float64 ("d") field."""
    return array(kind, np.ascontiguousarray(values, kind).tobytes())


def state_of(message: Odometry, screen_yaw: float = 0.0, screen_rate: float = 0.0) -> State:
    """Odometry as a motion state. Raises InputError if a value is not finite, or not a robot's."""
    pose = pose_of(message.pose.pose, "the odometry")
    v, w = message.twist.twist.linear.x, message.twist.twist.angular.z
    if not (math.isfinite(v) and math.isfinite(w)):
        raise InputError(f"the odometry's velocity ({v}, {w}) is not finite")
    if max(abs(v), abs(w)) > SPEED_MAX:
        raise InputError(
            f"the odometry's velocity ({v:g}, {w:g}) is not a robot's: at most {SPEED_MAX:g} m/s and rad/s"
        )
    if max(abs(pose.x), abs(pose.y)) > POSITION_MAX:
        raise InputError(f"the odometry's position ({pose.x:g}, {pose.y:g}) is more than {POSITION_MAX:g} m away")
    return State(
        seconds(message.header.stamp), pose.x, pose.y, pose.yaw, v, w, screen_yaw=screen_yaw, screen_rate=screen_rate
    )


def odometry_message(state: State, parent: str, child: str) -> Odometry:
    """A motion state as odometry of frame `child` in frame `parent`."""
    message = Odometry(child_frame_id=child)
    message.header.frame_id, message.header.stamp = parent, stamp(state.t)
    message.pose.pose = pose_message(state.pose)
    message.twist.twist.linear.x, message.twist.twist.angular.z = float(state.v), float(state.w)
    return message


def joint_of(message: JointState, name: str) -> tuple[float, float] | None:
    """(position, velocity) of a joint; None if the message does not speak of it (or says what no joint does)."""
    if name not in message.name:
        return None
    i = message.name.index(name)
    position = message.position[i] if i < len(message.position) else math.nan
    velocity = message.velocity[i] if i < len(message.velocity) else 0.0
    return (position, velocity) if abs(position) <= ANGLE_MAX and abs(velocity) <= SPEED_MAX else None


def grid_message(grid: Grid, frame: str, t: float) -> OccupancyGrid:
    """An occupancy grid (int8: 0 to 100, -1 unknown)."""
    message = OccupancyGrid()
    message.header.frame_id, message.header.stamp = frame, stamp(t)
    message.info.map_load_time = message.header.stamp
    message.info.resolution = float(grid.resolution)
    message.info.height, message.info.width = grid.shape
    message.info.origin = pose_message(Pose(grid.origin_x, grid.origin_y, 0.0))
    message.data = array("b", np.ascontiguousarray(grid.data, np.int8).tobytes())
    return message


def costmap_message(costs: Grid, frame: str, t: float) -> Costmap:
    """Costs (uint8: 0 free ... 253 inscribed, 254 lethal, 255 unknown) as Nav2 has them."""
    message = Costmap()
    message.header.frame_id, message.header.stamp = frame, stamp(t)
    metadata = message.metadata
    metadata.map_load_time = metadata.update_time = message.header.stamp
    metadata.layer, metadata.resolution = "master", float(costs.resolution)
    metadata.size_y, metadata.size_x = costs.shape
    metadata.origin = pose_message(Pose(costs.origin_x, costs.origin_y, 0.0))
    message.data = array("B", np.ascontiguousarray(costs.data, np.uint8).tobytes())
    return message


def grid_of(message: OccupancyGrid, what: str) -> Grid:
    """A grid from a message. Raises MapError naming `what` if it is empty, turned, or not as large as it says.

    Its cells must be of a size that maps have, and it must lie within `POSITION_MAX`.
    """
    rows, cols = message.info.height, message.info.width
    if rows * cols == 0 or len(message.data) != rows * cols:
        raise MapError(f"{what} says {cols} x {rows} cells and holds {len(message.data)}")
    resolution = float(message.info.resolution)
    if not RESOLUTION_MIN <= resolution <= RESOLUTION_MAX:
        raise MapError(
            f"{what} has the resolution {resolution:g}, which must be from {RESOLUTION_MIN:g} to {RESOLUTION_MAX:g} m a cell"
        )
    try:
        origin = pose_of(message.info.origin, f"the origin of {what}")
    except InputError as error:
        raise MapError(str(error)) from None
    if abs(origin.yaw) > _MAP_YAW_TOLERANCE:
        raise MapError(f"{what} is turned by {origin.yaw:.3f} rad; only maps along their frame's axes can be used")
    if max(abs(origin.x), abs(origin.y)) > POSITION_MAX:
        raise MapError(f"{what} begins at ({origin.x:g}, {origin.y:g}), more than {POSITION_MAX:g} m away")
    data = np.frombuffer(message.data, np.int8).reshape(rows, cols)
    return Grid(data, resolution, origin.x, origin.y)


def patched(message: OccupancyGrid, update: OccupancyGridUpdate) -> OccupancyGrid:
    """The map with a rectangle of it replaced. Raises MapError if that does not lie in it."""
    rows, cols = message.info.height, message.info.width
    inside = update.x >= 0 and update.y >= 0 and update.x + update.width <= cols and update.y + update.height <= rows
    if not inside or len(update.data) != update.width * update.height:
        raise MapError(
            f"an update of {update.width} x {update.height} cells at ({update.x}, {update.y}) does not fit a map of {cols} x {rows}"
        )
    data = np.frombuffer(message.data, np.int8).reshape(rows, cols).copy()
    part = np.frombuffer(update.data, np.int8).reshape(update.height, update.width)
    data[update.y : update.y + update.height, update.x : update.x + update.width] = part
    return OccupancyGrid(header=update.header, info=message.info, data=array("b", data.tobytes()))


def path_message(poses: np.ndarray, frame: str, t: float) -> Path:
    """A path from (N, 3) x, y, yaw."""
    message = Path()
    message.header.frame_id, message.header.stamp = frame, stamp(t)
    message.poses = [_bare_pose(message.header, x, y, yaw) for x, y, yaw in np.asarray(poses, float).tolist()]
    return message


def _bare_pose(header: Any, x: float, y: float, yaw: float) -> PoseStamped:
    posed = PoseStamped(header=header)
    position, orientation = posed.pose.position, posed.pose.orientation
    position.x, position.y = x, y
    orientation.z, orientation.w = math.sin(0.5 * yaw), math.cos(0.5 * yaw)
    return posed


def path_of(message: Path, what: str) -> np.ndarray:
    """(N, 3) x, y, yaw of a path. Raises InputError for an empty path or bad poses.

    Orientations of all poses but the last are often left at zero by their makers, so only the last must be valid.
    """
    if not message.poses:
        raise InputError(f"{what} has no poses")
    if len(message.poses) > POSES_MAX:
        raise InputError(f"{what} has {len(message.poses)} poses; no more than {POSES_MAX} are taken")
    points = np.array([(p.pose.position.x, p.pose.position.y, 0.0) for p in message.poses])
    if not np.isfinite(points).all():
        raise InputError(f"{what} has a position that is not finite")
    points[:, 2] = [2.0 * math.atan2(p.pose.orientation.z, p.pose.orientation.w) for p in message.poses]
    points[-1, 2] = yaw_of(message.poses[-1].pose.orientation, f"the last pose of {what}")
    return points


def polygon_message(outline: np.ndarray, frame: str, t: float) -> PolygonStamped:
    """An outline (N, 2), m."""
    message = PolygonStamped()
    message.header.frame_id, message.header.stamp = frame, stamp(t)
    message.polygon.points = [Point32(x=x, y=y, z=0.0) for x, y in np.asarray(outline, float).tolist()]
    return message
