"""The simulator and the lockstep closed loop: MuJoCo worlds, robots with sensors and delays, metrics. No ROS in the core."""
