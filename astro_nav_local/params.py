"""Parameters of the local planner. One set a robot, none a world."""

from __future__ import annotations

from dataclasses import dataclass

from astro_nav_common.params import Params, param


@dataclass(frozen=True)
class LocalParams(Params):
    """What the local planner can be told; the robot's shape and limits are in RobotParams."""

    rate_hz: float = param(10.0, unit="Hz", low=2.0, high=50.0, doc="Planning rate.")
    horizon: float = param(3.0, unit="s", low=1.0, high=6.0, doc="Length of the planned trajectories.")
    step: float = param(0.05, unit="s", low=0.02, high=0.2, doc="Step of the planned trajectories.")
    cycle_budget: float = param(
        0.03, unit="s", low=0.0, high=0.5, doc="First guess of the time from cycle start to publication."
    )

    spin_rate: float = param(1.0, unit="rad/s", low=0.05, high=10.0, doc="Yaw rate of the action spin.")

    map_size: float = param(6.0, unit="m", low=2.0, high=20.0, doc="Side of the rolling local map.")
    map_resolution: float = param(0.05, unit="m", low=0.02, high=0.2, doc="Cell size of the local map.")
    map_half_life: float = param(
        20.0, unit="s", low=0.1, high=3600.0, doc="Time in which the evidence of a cell out of view halves."
    )
    hit_log_odds: float = param(0.9, low=0.1, high=5.0, doc="Evidence of one beam that ends in a cell.")
    miss_log_odds: float = param(-0.4, low=-5.0, high=-0.05, doc="Evidence of one beam that passes through a cell.")

    samples_global: int = param(128, low=16, high=4096, doc="Low-discrepancy samples of the whole trajectory space.")
    samples_warm: int = param(80, low=0, high=4096, doc="Samples around the previous best trajectory.")
    samples_refine: int = param(32, low=4, high=4096, doc="Samples a refinement round.")
    refine_rounds: int = param(
        10, low=0, high=50, doc="Refinement rounds, each around fewer of the best and closer to them."
    )
    refine_parents: int = param(8, low=1, high=24, doc="Best candidates that the first refinement round starts from.")

    sigma_base: float = param(
        0.014, unit="m", low=0.001, high=0.5, doc="Std of a distance to what the map shows: range noise, cell size."
    )
    sigma_way: float = param(0.01, low=0.0, high=0.5, doc="Growth of that std with the way driven (pose, tracking).")
    sigma_speed: float = param(
        0.02, unit="s", low=0.0, high=0.5, doc="Growth of that std with speed (timing, tracking)."
    )
    risk_memory: float = param(
        1.0, unit="s", low=0.05, high=10.0, doc="Correlation time of the errors behind the risk."
    )
    unknown_rate: float = param(
        0.05, unit="1/m", low=0.0, high=10.0, doc="Expected obstacles a metre driven in unseen space."
    )
    collision_cost: float = param(3.0, unit="m", low=0.0, high=100.0, doc="Progress that one collision outweighs.")

    progress_time: float = param(
        2.0, unit="s", low=0.5, high=100.0, doc="Time constant by which later progress is worth less."
    )
    clearance_scale: float = param(
        0.12, unit="m", low=0.01, high=2.0, doc="Decay of the detour taken to keep clear of obstacles."
    )
    clearance_gain: float = param(2.0, low=0.0, high=20.0, doc="Extra path length, relative, right beside an obstacle.")
    goal_yaw_gain: float = param(
        0.25, unit="m/rad", low=0.0, high=2.0, doc="Distance that one radian of turning is worth at the goal."
    )
    goal_yaw_range: float = param(
        1.0, unit="m", low=0.05, high=3.0, doc="Distance from the goal at which its heading starts to count."
    )
    weight_accel: float = param(0.01, unit="s^3/m", low=0.0, high=10.0, doc="Cost of acceleration squared.")
    weight_jerk: float = param(0.0005, unit="s^5/m", low=0.0, high=10.0, doc="Cost of jerk squared.")
    weight_yaw_accel: float = param(0.0005, unit="m s^3", low=0.0, high=10.0, doc="Cost of yaw acceleration squared.")
    weight_centripetal: float = param(
        0.02, unit="s^3/m", low=0.0, high=10.0, doc="Cost of centripetal acceleration squared."
    )
    weight_turn: float = param(0.002, unit="m s", low=0.0, high=10.0, doc="Cost of yaw rate squared.")
    weight_reverse: float = param(1.0, low=0.0, high=10.0, doc="Cost of a metre driven backwards.")
    weight_near: float = param(
        2.2, low=0.0, high=10.0, doc="Cost of a metre driven touching things, falling by 1/e each 0.1 m away."
    )
    weight_change: float = param(
        0.03, unit="s/m", low=0.0, high=10.0, doc="Cost of deviating from the previous plan, per speed squared."
    )

    goal_xy_tolerance: float = param(0.05, unit="m", low=0.005, high=2.0, doc="Arrived within this distance.")
    goal_yaw_tolerance: float = param(0.05, unit="rad", low=0.005, high=3.2, doc="Arrived within this heading error.")
    screen_lead: float = param(0.75, unit="s", low=0.0, high=2.0, doc="How far ahead of the turn the screen looks.")
    start_blend_distance: float = param(
        0.15, unit="m", low=0.01, high=1.0, doc="Tracking error at which planning starts from the prediction."
    )

    @property
    def steps(self) -> int:
        """Number of steps of a trajectory, T."""
        return int(round(self.horizon / self.step))
