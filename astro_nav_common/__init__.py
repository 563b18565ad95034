"""What every layer shares: types, parameters, grids, geometry, the robot. No ROS here."""
