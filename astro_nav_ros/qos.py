"""The quality-of-service profiles of the outside interface (as Nav2's: see docs/architecture.md for the table)."""

from __future__ import annotations

from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy


def _profile(depth: int, reliable: bool = True, latched: bool = False) -> QoSProfile:
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=depth,
        reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
    )


#: scans and other sensor streams: the newest matters, a lost one does not; a best-effort reader also hears a reliable writer
SENSOR = _profile(5, reliable=False)
#: the newest command, plan or state; older ones are worthless
NEWEST = _profile(1)
#: ordinary topics
DEFAULT = _profile(10)
#: maps and costmaps: a late subscriber gets the last one
LATCHED = _profile(1, latched=True)
#: /tf as tf2 publishes and hears it
TF = _profile(100)
#: /tf_static: every publisher's last message for late subscribers
TF_STATIC = _profile(100, latched=True)
#: /clock: as rclpy's time source subscribes
CLOCK = _profile(1, reliable=False)
