"""Measuring: footage with its truth, the naive way, and the figures of both."""
