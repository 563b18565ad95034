"""The demo: a tour through a home, driven by the real nodes as separate processes over DDS, and measured."""
