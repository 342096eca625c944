"""What a run came to, in words: how much was read, how long each part of it took."""

from __future__ import annotations


def speed(shown: float, seconds: float) -> str:
    """The speed, as a multiple of real time."""
    return f"{shown / max(seconds, 1e-3):.1f} times real time"


def times(shown: float, seconds: float, *, loading: float, search: float) -> str:
    """`shown` seconds of video in `seconds` of time, and which of these went into what.

    `loading` the model comes first, then the `search` for the dialogue (0 if there was none); the rest is reading.
    """
    parts = [f"loading {loading:.1f} s"]
    if search:
        parts.append(f"finding the dialogue {search:.1f} s")
    parts.append(f"reading {max(0.0, seconds - loading - search):.1f} s")
    return f"{shown:.1f} s in {seconds:.1f} s, {speed(shown, seconds)} ({', '.join(parts)})"
