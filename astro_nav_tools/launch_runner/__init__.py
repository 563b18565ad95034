"""Runs `*.launch.yaml` files where `ros2 launch` is not installed.

The files are plain ROS 2 launch files (the YAML front end of Jazzy); this package reads the part of the format that the
stack needs, refuses the rest by name, and is strict where ros2 launch is, so a file that runs here runs there.
"""
