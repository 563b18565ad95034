"""What a launch file's entities share while they are read: arguments, environment, namespace, place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from astro_nav_tools.launch_runner.errors import LaunchError


@dataclass
class Scope:
    """State of reading one launch file.

    file: the launch file. variables: arguments and `let` values. environment: changes to the children's environment,
    None for a variable that is removed. namespace: pushed ROS namespace. parameters, remaps: what set_parameter and
    set_remap add to every node that follows.
    """

    file: Path
    variables: dict[str, str]
    environment: dict[str, str | None] = field(default_factory=dict)
    namespace: str = ""
    parameters: dict[str, object] = field(default_factory=dict)
    remaps: list[tuple[str, str]] = field(default_factory=list)

    def nested(self) -> Scope:
        """A copy whose changes do not come back: the inside of a group."""
        return replace(
            self, variables=dict(self.variables), environment=dict(self.environment),
            parameters=dict(self.parameters), remaps=list(self.remaps),
        )  # fmt: skip

    def including(self, file: Path) -> Scope:
        """The same scope seen from an included file: changes come back, as with ros2 launch."""
        return replace(self, file=file)

    def variable(self, name: str) -> str:
        """Value of an argument or `let`."""
        if name not in self.variables:
            known = ", ".join(sorted(self.variables)) or "none"
            raise LaunchError(f"{self.file.name}: $(var {name}) is not declared; declared so far: {known}")
        return self.variables[name]
