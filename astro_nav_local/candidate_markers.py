"""A picture of the search for rviz: the candidates, the guidance, the footprint. Made only while somebody looks."""

from __future__ import annotations

import math

import numpy as np
from geometry_msgs.msg import Point
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from astro_nav_common.footprint import Footprint
from astro_nav_common.types import Guidance, Pose
from astro_nav_local.local_plan import Candidates
from astro_nav_ros.conversions import quaternion, stamp

#: one candidate in so many is shown, and one point in so many of it
CANDIDATE_STRIDE, POINT_STRIDE = 10, 3
#: m between the arrows along the guidance, and how many at most
ARROW_SPACING, ARROWS = 0.3, 20
_BLUE = ColorRGBA(r=0.1, g=0.3, b=1.0, a=0.9)
_MAGENTA = ColorRGBA(r=1.0, g=0.0, b=1.0, a=1.0)


def candidate_markers(
    candidates: Candidates,
    guidance: Guidance | None,
    footprint: Footprint,
    pose_odom: Pose,
    screen_yaw: float,
    frame: str,
    t: float,
) -> MarkerArray:
    """A tenth of the candidates green (good) to red (bad), the best bold; guidance as blue arrows; the robot in magenta."""
    template = Marker()
    template.header.frame_id, template.header.stamp = frame, stamp(t)
    markers = [_marker(template, "", 0, Marker.DELETEALL)]
    for identity, (index, badness) in enumerate(shown_candidates(candidates)):
        strip = _marker(template, "candidates", identity)
        best = index == candidates.best
        strip.scale.x = 0.03 if best else 0.006
        strip.color = grade(badness, 1.0 if best else 0.6)
        strip.points = _points(candidates.xy[index, ::POINT_STRIDE], 0.02 if best else 0.01)
        markers.append(strip)
    if guidance is not None:
        markers += _arrows(template, guidance, pose_odom)
    for identity, outline in enumerate(footprint.polygons_at(pose_odom, screen_yaw)):
        strip = _marker(template, "footprint", identity)
        strip.scale.x, strip.color = 0.015, _MAGENTA
        strip.points = _points(np.concatenate((outline, outline[:1])), 0.03)
        markers.append(strip)
    return MarkerArray(markers=markers)


def shown_candidates(candidates: Candidates) -> list[tuple[int, float]]:
    """(index, badness in [0, 1]) of every tenth allowed candidate by rank, best last so that it is drawn on top."""
    allowed = np.flatnonzero(np.isfinite(candidates.cost))
    if allowed.size == 0:
        return [(candidates.best, 0.0)] if candidates.best >= 0 else []
    ranked = allowed[np.argsort(candidates.cost[allowed], kind="stable")]
    shown = [(int(ranked[rank]), rank / ranked.size) for rank in range(0, ranked.size, CANDIDATE_STRIDE)]
    shown = [(index, badness) for index, badness in shown if index != candidates.best]
    return [*reversed(shown), (candidates.best, 0.0)] if candidates.best >= 0 else shown[::-1]


def grade(badness: float, alpha: float) -> ColorRGBA:
    """Green for 0 over yellow to red for 1."""
    return ColorRGBA(r=min(1.0, 2.0 * badness), g=min(1.0, 2.0 - 2.0 * badness), b=0.0, a=alpha)


def _marker(template: Marker, namespace: str, identity: int, action: int = Marker.ADD) -> Marker:
    marker = Marker(header=template.header, ns=namespace, id=identity, type=Marker.LINE_STRIP, action=action)
    marker.pose.orientation.w = 1.0
    return marker


def _points(xy: np.ndarray, z: float) -> list[Point]:
    return [Point(x=x, y=y, z=z) for x, y in xy.tolist()]


def _arrows(template: Marker, guidance: Guidance, robot_odom: Pose) -> list[Marker]:
    points = guidance.points_odom
    if len(points) < 2:
        return []
    points = points[int(np.argmin(np.hypot(points[:, 0] - robot_odom.x, points[:, 1] - robot_odom.y))) :]
    arc = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    samples = np.unique(np.minimum(np.arange(ARROWS) * ARROW_SPACING, arc[-1]))
    x, y = np.interp(samples, arc, points[:, 0]), np.interp(samples, arc, points[:, 1])
    ahead = np.minimum(samples + 0.1, arc[-1])
    yaw = np.arctan2(np.interp(ahead, arc, points[:, 1]) - y, np.interp(ahead, arc, points[:, 0]) - x)
    arrows = []
    for identity, (px, py, turn) in enumerate(zip(x.tolist(), y.tolist(), yaw.tolist())):
        arrow = _marker(template, "guidance", identity)
        arrow.type = Marker.ARROW
        arrow.pose.position.x, arrow.pose.position.y = px, py
        arrow.pose.orientation = quaternion(turn if math.isfinite(turn) else 0.0)
        arrow.scale.x, arrow.scale.y, arrow.scale.z = 0.2, 0.03, 0.03
        arrow.color = _BLUE
        arrows.append(arrow)
    return arrows
