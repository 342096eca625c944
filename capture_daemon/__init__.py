"""capture-daemon: what a game's characters say on screen, as a live stream of clean dialogue lines."""

import os

# ONNX Runtime reports to its makers from the moment it's imported, unless it is told not to before that.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__version__ = "0.1.0"
