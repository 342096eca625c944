"""The log of lines: written line by line, synced, rotated, mended where it was torn."""
