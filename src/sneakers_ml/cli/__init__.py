"""The command `sneakers`: a command reads parameters, calls one function of a room, and prints."""

from sneakers_ml.cli.app import main

__all__ = ["main"]
