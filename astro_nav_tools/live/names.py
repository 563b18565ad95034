"""Names under which topics go to the relay. No ROS here."""

from __future__ import annotations

#: what the simulator publishes, and passes through the relay
OF_SIMULATOR = ("scan", "odom", "/clock", "/tf", "/tf_static")
#: what the local planner publishes, and passes through the relay
OF_PLANNER = ("trajectory",)


def raw_name(topic: str) -> str:
    """The name of a topic before the relay."""
    return f"/raw{topic}" if topic.startswith("/") else f"raw/{topic}"


def remaps(topics: tuple[str, ...]) -> dict[str, str]:
    """Remappings of a node's topics to the relay."""
    return {topic: raw_name(topic) for topic in topics}
