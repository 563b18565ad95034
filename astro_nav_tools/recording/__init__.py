"""Recordings of ROS topics as MCAP files: written from raw messages, read without ROS."""
