"""capture-daemon: what a game's characters say on screen, as a live stream of clean dialogue lines."""

__version__ = "0.1.0"
