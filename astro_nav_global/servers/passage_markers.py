"""Passages for rviz: a bar across each, green while it is likely open, red while it is likely closed, with its name."""

from __future__ import annotations

from collections.abc import Sequence

from geometry_msgs.msg import Point
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from astro_nav_global.navigability import PassageState
from astro_nav_ros.conversions import stamp

#: m: thickness of the bars, height of the letters, and of both above the floor
_BAR, _LETTERS, _HEIGHT = 0.06, 0.15, 0.05


def passage_markers(states: Sequence[PassageState], frame: str, t: float) -> MarkerArray:
    """Bars and words; what costs extra says how much."""
    clear = Marker(action=Marker.DELETEALL)
    clear.header.frame_id = frame
    markers = [clear]
    for identity, state in enumerate(states):
        passage = state.passage
        bar = _marker("passages", identity, Marker.LINE_STRIP, frame, t)
        bar.scale.x = _BAR
        bar.points = [Point(x=x, y=y, z=_HEIGHT) for x, y in ((passage.ax, passage.ay), (passage.bx, passage.by))]
        bar.color = _colour(state.open_probability)
        words = _marker("names", identity, Marker.TEXT_VIEW_FACING, frame, t)
        words.pose.position.x, words.pose.position.y = passage.middle
        words.pose.position.z, words.scale.z = _HEIGHT + _LETTERS, _LETTERS
        words.text = f"{passage.name}: {100.0 * state.open_probability:.0f} % open"
        if state.extra > 0.0:
            words.text += f", +{state.extra:.1f} m"
        words.color = ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0)
        markers += [bar, words]
    return MarkerArray(markers=markers)


def _colour(open_probability: float) -> ColorRGBA:
    """Red for 0 over yellow to green for 1."""
    return ColorRGBA(r=min(1.0, 2.0 - 2.0 * open_probability), g=min(1.0, 2.0 * open_probability), b=0.0, a=0.9)


def _marker(namespace: str, identity: int, kind: int, frame: str, t: float) -> Marker:
    marker = Marker(ns=namespace, id=identity, type=kind, action=Marker.ADD)
    marker.header.frame_id, marker.header.stamp = frame, stamp(t)
    marker.pose.orientation.w = 1.0
    return marker
