"""The MuJoCo model of a world with a robot in it.

The robot is a free body on two driven wheels and two frictionless casters. Each wheel touches the floor in one point (an
ellipsoid), so its track is exact and it scrubs nothing; the wheels' motors are velocity servos with limited force. Only the
hull, the prism over the footprint, and the screen touch the world; only wheels and casters touch the floor. Things that move
(doors, movers, surprises) are mocap bodies: they go where they are put and are not pushed back.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import mujoco
import numpy as np

from astro_nav_common.types import Pose
from astro_nav_sim.robot import SimRobot
from astro_nav_sim.world import Box, Cylinder, Solid, World

TIMESTEP = 0.005  # s
HIDDEN_Z = -20.0  # m: where surprises wait
WORLD_GROUP, FLOOR_GROUP, ROBOT_GROUP = 0, 1, 2
_WORLD_BIT, _FLOOR_BIT = 1, 2
_GRAVITY = 9.81
_CASTER_RADIUS = 0.015
_CASTER_GAP = 0.001  # casters hang this far above the floor, so nearly all weight is on the wheels
_STIFF = (2.0 * TIMESTEP, 1.0)  # the stiffest contact that the time step allows: grip within about 10 ms
_SERVO_TIME = 0.004  # s; the lag of the real speed loop is in drive.py
_COLORS = {
    "wall": (0.85, 0.83, 0.78, 1.0), "door": (0.55, 0.35, 0.2, 1.0), "person": (0.2, 0.5, 0.8, 1.0), "obstacle": (0.8, 0.3, 0.2, 1.0),
    "map": (0.5, 0.5, 0.55, 1.0),
}  # fmt: skip
_FURNITURE_COLOR = (0.7, 0.55, 0.4, 1.0)


@dataclass(frozen=True)
class Handles:
    """Where things are in the model's arrays.

    wheels, pan: indices of joints (qpos address, qvel address, actuator); pan is None without a screen.
    hull_geoms: geoms whose contacts are collisions. mocap: mocap index by name of a door, mover or surprise.
    """

    wheels: tuple[tuple[int, int, int], tuple[int, int, int]]
    pan: tuple[int, int, int] | None
    hull_geoms: frozenset[int]
    mocap: dict[str, int]
    base_body: int


def build_model(world: World, robot: SimRobot, start: Pose) -> tuple[mujoco.MjModel, Handles]:
    """Compile the model with the robot at `start`."""
    spec = mujoco.MjSpec()
    spec.modelname = "astro_nav"
    spec.option.timestep = TIMESTEP
    spec.option.gravity = (0.0, 0.0, -_GRAVITY)
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    spec.worldbody.add_light(pos=(0.0, 0.0, 10.0), dir=(0.0, 0.0, -1.0))
    spec.worldbody.add_geom(
        name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=(0.0, 0.0, 1.0), contype=0, conaffinity=_FLOOR_BIT,
        condim=3, friction=(robot.base.friction, 0.005, 0.0001), solref=_STIFF, group=FLOOR_GROUP, rgba=(0.95, 0.95, 0.95, 1.0),
    )  # fmt: skip
    for solid in world.solids:
        _add_geom(spec.worldbody, solid, (solid.x, solid.y))
    _add_mocap(spec, world.moving_solids(0.0), 0.0)
    _add_mocap(spec, (surprise.solid for surprise in world.surprises), HIDDEN_Z)
    _add_robot(spec, robot, start)
    model = spec.compile()
    return model, _handles(model, robot)


def _add_geom(body: mujoco.MjsBody, solid: Solid, at: tuple[float, float]) -> None:
    """A geom of the solid's shape at `at` in the body's frame."""
    half = 0.5 * (solid.z_high - solid.z_low)
    pos = (at[0], at[1], solid.z_low + half)
    color = _COLORS.get(solid.kind, _FURNITURE_COLOR)
    common = {
        "name": solid.name,
        "pos": pos,
        "contype": 0,
        "conaffinity": _WORLD_BIT,
        "group": WORLD_GROUP,
        "rgba": color,
    }
    if isinstance(solid, Box):
        size = (0.5 * solid.size_x, 0.5 * solid.size_y, half)
        quat = (1.0, 0.0, 0.0, 0.0) if body.mocap else yaw_quaternion(solid.yaw)
        body.add_geom(type=mujoco.mjtGeom.mjGEOM_BOX, size=size, quat=quat, friction=(0.3, 0.0, 0.0), **common)
    else:
        body.add_geom(
            type=mujoco.mjtGeom.mjGEOM_CYLINDER, size=(solid.radius, half, 0.0), friction=(0.3, 0.0, 0.0), **common
        )


def _add_mocap(spec: mujoco.MjSpec, solids: Iterable[Solid], z: float) -> None:
    for solid in solids:
        yaw = 0.0 if isinstance(solid, Cylinder) else solid.yaw
        body = spec.worldbody.add_body(name=solid.name, mocap=True, pos=(solid.x, solid.y, z), quat=yaw_quaternion(yaw))
        _add_geom(body, solid, (0.0, 0.0))


def _add_robot(spec: mujoco.MjSpec, robot: SimRobot, start: Pose) -> None:
    params, base = robot.params, robot.base
    body = spec.worldbody.add_body(name="robot", pos=(start.x, start.y, 0.0), quat=yaw_quaternion(start.yaw))
    body.add_freejoint(name="free")
    # mass low and in the middle: the real robot's batteries
    extent = np.array([*np.ptp(params.footprint_polygon, axis=0), base.height - base.ground_clearance])
    inertia = base.mass / 12.0 * (np.sum(extent**2) - extent**2)
    _set_inertial(body, 0.88 * base.mass, inertia, params.wheel_radius)
    _add_prism(spec, body, "hull", params.footprint_polygon, base.ground_clearance, base.height)
    for side, x in (("front", 0.35 * extent[0]), ("back", -0.35 * extent[0])):
        body.add_geom(
            name=f"caster_{side}", type=mujoco.mjtGeom.mjGEOM_SPHERE, size=(_CASTER_RADIUS, 0.0, 0.0), condim=1, priority=1,
            pos=(x, 0.0, _CASTER_RADIUS + _CASTER_GAP), solref=_STIFF, contype=_FLOOR_BIT, conaffinity=0, group=ROBOT_GROUP,
        )  # fmt: skip
    _add_wheel(spec, body, "wheel_left", 0.5 * params.track, robot)
    _add_wheel(spec, body, "wheel_right", -0.5 * params.track, robot)
    if params.screen:
        pan = body.add_body(name="screen", pos=(params.pan_x, params.pan_y, 0.0))
        _set_inertial(pan, 0.02 * base.mass, np.full(3, 0.001), params.wheel_radius)
        pan.add_joint(name="pan", type=mujoco.mjtJoint.mjJNT_HINGE, axis=(0.0, 0.0, 1.0))
        _add_prism(spec, pan, "screen", params.screen_polygon, base.height, base.screen_height)
        servo = spec.add_actuator(name="pan", target="pan", trntype=mujoco.mjtTrn.mjTRN_JOINT)
        servo.set_to_position(kp=20.0, kv=0.4)


def _add_wheel(spec: mujoco.MjSpec, body: mujoco.MjsBody, name: str, y: float, robot: SimRobot) -> None:
    """A driven wheel at `y` with its servo."""
    base, radius = robot.base, robot.params.wheel_radius
    wheel = body.add_body(name=name, pos=(0.0, y, radius))
    _set_inertial(wheel, 0.05 * base.mass, np.full(3, 0.025 * base.mass * radius**2), 0.0)
    # a geared motor's inertia: without it a stiff servo on a light wheel makes MuJoCo's soft friction creep
    armature = 0.25 * base.mass * radius**2
    wheel.add_joint(name=name, type=mujoco.mjtJoint.mjJNT_HINGE, axis=(0.0, 1.0, 0.0), armature=armature)
    wheel.add_geom(
        name=name, type=mujoco.mjtGeom.mjGEOM_ELLIPSOID, size=(radius, 0.2 * radius, radius), condim=3, solref=_STIFF,
        friction=(base.friction, 0.005, 0.0001), contype=_FLOOR_BIT, conaffinity=0, group=ROBOT_GROUP, rgba=(0.1, 0.1, 0.1, 1.0),
    )  # fmt: skip
    servo = spec.add_actuator(name=name, target=name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
    servo.set_to_velocity(kv=(0.5 * base.mass * radius**2 + armature) / _SERVO_TIME)
    servo.forcelimited = True
    servo.forcerange = np.array((-1.0, 1.0)) * base.mass * radius * max(2.0 * base.wheel_accel_max, _GRAVITY)


def _set_inertial(body: mujoco.MjsBody, mass: float, inertia: np.ndarray, height: float) -> None:
    """Mass properties about the point `height` m above the body's origin (unset, MuJoCo would take the body's `pos` for it)."""
    body.mass, body.inertia, body.ipos, body.explicitinertial = mass, inertia, (0.0, 0.0, height), True


def _add_prism(
    spec: mujoco.MjSpec, body: mujoco.MjsBody, name: str, polygon: np.ndarray, low: float, high: float
) -> None:
    """A convex prism as a mesh geom that collides with the world."""
    vertices = np.concatenate([np.column_stack((polygon, np.full(len(polygon), z))) for z in (low, high)])
    spec.add_mesh(name=name, uservert=vertices.ravel())
    body.add_geom(
        name=name, type=mujoco.mjtGeom.mjGEOM_MESH, meshname=name, contype=_WORLD_BIT, conaffinity=0, group=ROBOT_GROUP,
        friction=(0.3, 0.0, 0.0), rgba=(0.25, 0.45, 0.65, 1.0),
    )  # fmt: skip


def _handles(model: mujoco.MjModel, robot: SimRobot) -> Handles:
    def joint(name: str) -> tuple[int, int, int]:
        found = model.joint(name)
        return int(found.qposadr[0]), int(found.dofadr[0]), int(model.actuator(name).id)

    hull = ["hull", *(["screen"] if robot.params.screen else [])]
    mocap = {model.body(i).name: int(model.body_mocapid[i]) for i in range(model.nbody) if model.body_mocapid[i] >= 0}
    pan = joint("pan") if robot.params.screen else None
    hull_geoms = frozenset(int(model.geom(name).id) for name in hull)
    return Handles((joint("wheel_left"), joint("wheel_right")), pan, hull_geoms, mocap, int(model.body("robot").id))


def yaw_quaternion(yaw: float) -> tuple[float, float, float, float]:
    """(w, x, y, z) of a turn about the vertical."""
    return math.cos(0.5 * yaw), 0.0, 0.0, math.sin(0.5 * yaw)
