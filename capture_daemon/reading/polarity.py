"""Polarity: whether text is lighter or darker than what is behind it."""

from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.reading.ink import Ink, Mask, Polarity, grown

SURROUNDINGS = 5
"""How far from any ink, in pixels, the surface behind the text is looked at."""
STANDING_OUT = 24
"""Levels of luma by which ink must differ from that surface to say anything."""
LEAST = 4 * 60
"""Pixels times levels of luma under which there is no ink to speak of."""
CLEARLY = 1.5
"""The other polarity must have this many times as much ink to be turned to."""


def better_polarity(light: Ink, dark: Ink, present: Polarity, ground: Mask) -> Polarity | None:
    """The polarity of the text that has just appeared, or None where neither has any ink to speak of.

    Between light strokes on a dark surface there is as much dark "ink" as there is light; but that has the surface's
    own brightness, and the strokes don't. `ground` is ink that isn't text. `present` stays unless it's clearly wrong.
    """
    other = cv2.bitwise_not(ground)
    light_mask = cv2.bitwise_and(light.mask, other).astype(np.uint8, copy=False)
    dark_mask = cv2.bitwise_and(dark.mask, other).astype(np.uint8, copy=False)
    surroundings = grown(cv2.bitwise_or(light_mask, dark_mask).astype(np.uint8, copy=False), SURROUNDINGS) == 0
    surface_pixels = light.current[surroundings] if surroundings.sum() >= 50 else light.current
    surface = float(np.median(surface_pixels))
    of_light = _standing_out(light, light_mask, surface)
    of_dark = _standing_out(dark, dark_mask, 255.0 - surface)
    if max(of_light, of_dark) < LEAST:
        return None
    mine, others = (of_light, of_dark) if present is Polarity.LIGHT else (of_dark, of_light)
    if others <= CLEARLY * mine:
        return present
    return Polarity.DARK if present is Polarity.LIGHT else Polarity.LIGHT


def _standing_out(ink: Ink, mask: Mask, surface: float) -> float:
    """By how much, all pixels together, the ink is lighter than the surface, in the window and still now."""
    above = cv2.min(ink.still, ink.current)[mask > 0].astype(np.float64) - surface
    return float(above[above > STANDING_OUT].sum())
