"""Polarity: whether text is lighter or darker than what is behind it."""

from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.reading.ink import Ink, Mask, Polarity, grown

SURROUNDINGS = 5
"""How far from any ink, in pixels, the surface behind the text is looked at."""
CLEARLY = 0.75
"""The other polarity must fit by this factor better to be turned to."""


def better_polarity(light: Ink, dark: Ink, present: Polarity, ground: Mask) -> Polarity:
    """The polarity of the text that has just appeared.

    Between light strokes on a dark surface there is as much dark "ink" as there is light; but that has the surface's
    own brightness, and the strokes don't. `ground` is ink that isn't text. Without a difference `present` stays.
    """
    other = cv2.bitwise_not(ground)
    light_mask, dark_mask = cv2.bitwise_and(light.mask, other), cv2.bitwise_and(dark.mask, other)
    if cv2.countNonZero(light_mask) < 4 or cv2.countNonZero(dark_mask) < 4:
        return present
    surroundings = cv2.bitwise_not(
        grown(cv2.bitwise_or(light_mask, dark_mask).astype(np.uint8, copy=False), SURROUNDINGS)
    )
    surface_pixels = light.current[surroundings > 0]
    if surface_pixels.size < 50:
        return present
    surface = float(np.median(surface_pixels))
    of_light = abs(surface - cv2.mean(light.still, light_mask)[0])
    of_dark = abs(surface - (255.0 - cv2.mean(dark.still, dark_mask)[0]))
    if present is Polarity.LIGHT:
        return Polarity.DARK if of_light < CLEARLY * of_dark else present
    return Polarity.LIGHT if of_dark < CLEARLY * of_light else present
