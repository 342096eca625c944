"""Pages with text on them, as the tracker makes them, and the frames they are compared with."""

from __future__ import annotations

import numpy as np

from capture_daemon.frames import GreyImage
from capture_daemon.reading.page import Page
from capture_daemon.reading.tracker import Tracker
from tests.reading.drawing import DIALOGUE, Screen


def light(screen: Screen) -> GreyImage:
    """The region in the screen's last frame."""
    return np.ascontiguousarray(screen.frames[-1].crop(DIALOGUE))


def page_of(screen: Screen) -> Page:
    """The page after the screen's frames."""
    tracker = Tracker()
    for frame in screen.frames:
        tracker.see(np.ascontiguousarray(frame.crop(DIALOGUE)), frame.time)
    return tracker.page


def standing(text: str) -> Screen:
    """A screen on which the text has stood for a while."""
    screen = Screen()
    screen.show(text, 0.6)
    return screen
