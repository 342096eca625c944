"""Measuring: footage with its truth, the naive way, and the figures of both."""

import os

# ONNX Runtime reports to its maker from the moment it is imported; what is measured here is nobody else's business.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
