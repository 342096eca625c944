"""The tracker: how ink that comes and goes becomes fillings, without anything being read."""

from __future__ import annotations

import numpy as np
import pytest

from capture_daemon.reading.filling import Filling
from capture_daemon.reading.tracker import Tracker
from tests.reading.drawing import DIALOGUE, Screen, blinking


def track(screen: Screen, *, end: bool = False) -> tuple[Tracker, list[Filling]]:
    """The tracker after the screen's frames, and every filling it has made, in order."""
    tracker = Tracker()
    seen: dict[int, Filling] = {}
    for frame in screen.frames:
        tracker.see(np.ascontiguousarray(frame.crop(DIALOGUE)), frame.time)
        seen.update((filling.number, filling) for filling in tracker.fillings)
    if end:
        tracker.end()
    return tracker, list(seen.values())


def test_an_empty_box_makes_nothing() -> None:
    screen = Screen()
    screen.wait(1.0)
    tracker, fillings = track(screen)
    assert fillings == []
    assert tracker.filling is None


def test_a_filling_is_open_until_its_text_goes() -> None:
    screen = Screen()
    screen.wait(0.3)
    screen.type("One row,\nand a second.")
    screen.wait(0.5)
    tracker, [filling] = track(screen)
    assert tracker.filling is filling
    assert len(filling.rows) == len(tracker.page.rows) == 2
    screen.clear()
    tracker, [filling] = track(screen)
    assert filling.closed
    assert tracker.filling is None
    assert tracker.page.is_empty
    assert all(row.image is not None for row in filling.rows.values())


def test_the_end_closes_what_stands() -> None:
    screen = Screen()
    screen.type("One row")
    screen.wait(0.4)
    tracker, [filling] = track(screen, end=True)
    assert filling.closed
    assert tracker.filling is None


def test_times_are_those_of_the_ink_and_not_of_its_recognition() -> None:
    screen = Screen()
    screen.wait(1.0)
    screen.type("One row, then\na second row", speed=20)
    complete = screen.time
    screen.wait(0.5)
    _, [filling] = track(screen)
    first, second = filling.rows.values()
    assert filling.started == pytest.approx(1.0, abs=0.07)
    assert filling.grown == pytest.approx(complete, abs=0.07)
    assert first.came == pytest.approx(1.0, abs=0.15)
    assert first.changed == pytest.approx(1.0 + 13 / 20, abs=0.1)
    assert second.came == pytest.approx(1.0 + 14 / 20, abs=0.1)


def test_it_learns_how_fast_text_is_revealed() -> None:
    gaps = []
    for speed in (10, 30):
        screen = Screen()
        screen.type("A row that takes its time to come.", speed)
        screen.wait(0.3)
        gaps.append(track(screen)[0].usual_gap)
    assert 0.09 <= gaps[0] <= 0.25
    assert gaps[1] < gaps[0]


def test_a_mark_neither_grows_a_filling_nor_makes_one() -> None:
    screen = Screen()
    screen.type("A row and a mark.")
    screen.wait(0.5)
    _, [filling] = track(screen)
    grown = filling.grown
    screen.mark = blinking(screen.end_of_text(), screen.time)
    screen.wait(2.5)
    _, [filling] = track(screen)
    assert filling.grown == grown


def test_a_new_row_after_a_second_begins_a_filling_and_the_old_one_stands_on() -> None:
    screen = Screen()
    screen.type("The first paragraph.")
    screen.wait(1.5)
    screen.type("\nThe second one.")
    screen.wait(0.5)
    tracker, [first, second] = track(screen)
    assert first.closed
    assert tracker.filling is second
    assert len(tracker.page.rows) == 2


def test_what_turned_out_not_to_be_text_is_left_alone() -> None:
    screen = Screen()
    screen.show("||| |||", 1.0)
    tracker, [filling] = track(screen)
    tracker.put_to_ground(filling)
    assert tracker.page.is_empty
    before = len(screen.frames)
    screen.wait(1.0)
    for frame in screen.frames[before:]:
        tracker.see(np.ascontiguousarray(frame.crop(DIALOGUE)), frame.time)
    assert tracker.page.is_empty
