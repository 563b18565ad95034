"""Contacts that count as collisions: of the robot's hull or screen with anything."""

from __future__ import annotations

from dataclasses import dataclass

import mujoco

_CLEAR_TIME = 0.5  # s without touching, after which touching the same thing again is a new contact


@dataclass(frozen=True, slots=True)
class Contact:
    """The beginning of a contact: time s, what was touched, where in the world (m), and the robot's speed then (m/s)."""

    t: float
    body: str
    x: float
    y: float
    speed: float


class ContactWatch:
    """Turns MuJoCo's contacts into distinct events."""

    def __init__(self, model: mujoco.MjModel, hull_geoms: frozenset[int]) -> None:
        self._model, self._hull = model, hull_geoms
        self._last_touch: dict[int, float] = {}
        self.contacts: list[Contact] = []
        self.touching = False

    def update(self, data: mujoco.MjData, now: float, speed: float) -> None:
        """Note what touches the hull at this step."""
        self.touching = False
        for i, (first, second) in enumerate(data.contact.geom.tolist()):
            hull_first = first in self._hull
            if not hull_first and second not in self._hull:
                continue
            other = second if hull_first else first
            if now - self._last_touch.get(other, -1e9) > _CLEAR_TIME:
                x, y, _ = data.contact.pos[i]
                self.contacts.append(Contact(now, self._model.geom(other).name, float(x), float(y), speed))
            self._last_touch[other] = now
            self.touching = True
