"""Bridges tried with real processes. Begin with `bridging.py`."""
