"""Polarity: whether text is lighter or darker than what is behind it."""

from __future__ import annotations

import cv2
import numpy as np

from capture_daemon.reading.ink import Ink, Look, Mask, Polarity, grown

SURROUNDINGS = 5
"""How far from any ink, in pixels, the surface behind the text is looked at."""
STANDING_OUT = 24
"""Levels of luma by which ink must differ from that surface to say anything."""
LEAST = 4 * 60
"""Pixels times levels of luma under which there is no ink to speak of."""
CLEARLY = 1.5
"""The other polarity must have this many times as much ink to be turned to."""
ENCLOSED = 0.2
"""Share of its rim at which the fill of outlined letters is free of the outline, at the most."""
ENCLOSING = 1.8
"""An outline is free of the fill at so many times as large a share of its own rim."""
OUTLINE_SHARE = 0.1
"""Fill and outline have at least this share of each other's ink, by pixels and contrast together."""


def find_look(light: Ink, dark: Ink, present: Polarity, ground: Mask) -> Look | None:
    """How the text looks that has just appeared, or None where there is no ink to speak of.

    Between light strokes on a dark surface there is as much dark "ink" as there is light; but that has the surface's
    own brightness, and the strokes don't. Of outlined letters it's the fill that is text, though there may be more of
    the outline. `ground` is ink that isn't text. `present` stays unless it's clearly wrong.
    """
    other = cv2.bitwise_not(ground)
    light_mask = cv2.bitwise_and(light.mask, other).astype(np.uint8, copy=False)
    dark_mask = cv2.bitwise_and(dark.mask, other).astype(np.uint8, copy=False)
    surroundings = grown(cv2.bitwise_or(light_mask, dark_mask).astype(np.uint8, copy=False), SURROUNDINGS) == 0
    surface_pixels = light.current[surroundings] if surroundings.sum() >= 50 else light.current
    surface = float(np.median(surface_pixels))
    of_light = _standing_out(light, light_mask, surface)
    of_dark = _standing_out(dark, dark_mask, 255.0 - surface)
    amount_light, amount_dark = _amount(light, of_light, surface), _amount(dark, of_dark, 255.0 - surface)
    if max(amount_light, amount_dark) < LEAST:
        return None
    least = max(LEAST, OUTLINE_SHARE * max(amount_light, amount_dark))
    fill = _enclosed(of_light, of_dark) if min(amount_light, amount_dark) >= least else None
    if fill is not None:
        return Look(fill, outlined=True)
    mine, others = (amount_light, amount_dark) if present is Polarity.LIGHT else (amount_dark, amount_light)
    stays = (others <= CLEARLY * mine) == (present is Polarity.LIGHT)
    return Look(Polarity.LIGHT if stays else Polarity.DARK)


def _enclosed(light: Mask, dark: Mask) -> Polarity | None:
    """Which of two inks is the fill of outlined letters, or None where neither is."""
    free_light, free_dark = _free_rim(light, dark), _free_rim(dark, light)
    if free_light < ENCLOSED and free_dark > ENCLOSING * free_light:
        return Polarity.LIGHT
    if free_dark < ENCLOSED and free_light > ENCLOSING * free_dark:
        return Polarity.DARK
    return None


def _standing_out(ink: Ink, mask: Mask, surface: float) -> Mask:
    """The ink that is lighter than the surface, in the window and still now."""
    lighter = cv2.threshold(cv2.min(ink.still, ink.current), surface + STANDING_OUT, 255, cv2.THRESH_BINARY)[1]
    return np.asarray(cv2.bitwise_and(lighter, mask), np.uint8)


def _amount(ink: Ink, mask: Mask, surface: float) -> float:
    """By how much, all pixels together, the ink is lighter than the surface."""
    return float((cv2.min(ink.still, ink.current)[mask > 0].astype(np.float64) - surface).sum())


def _free_rim(mask: Mask, other: Mask) -> float:
    """Share of the pixels round the ink that aren't beside the other ink."""
    rim = cv2.subtract(grown(mask, 1), mask)
    free = cv2.subtract(rim, grown(other, 1))
    return cv2.countNonZero(free) / max(1, cv2.countNonZero(rim))
