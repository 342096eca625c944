from __future__ import annotations

import numpy as np

from capture_daemon.frames import Box, Frame, GreyImage, Size
from capture_daemon.pipeline.frame_gate import LOOK_AGAIN, STILL_AFTER, FrameGate


def frame(pixels: GreyImage, time: float) -> Frame:
    return Frame(pixels, time, round(time * 10), Box(0, 0, 8, 8), Size(8, 8))


def picture() -> GreyImage:
    return np.zeros((8, 8), np.uint8)


def test_pictures_that_are_not_known_to_be_the_same_are_all_seen() -> None:
    stillness = FrameGate()
    for number in range(100):
        one = frame(picture(), 100 + number / 10)
        assert stillness.select(one) == [one]


def test_a_still_picture_is_seen_for_a_while_and_then_now_and_again() -> None:
    stillness, still = FrameGate(), picture()
    seen = [round(number / 10, 1) for number in range(101) if stillness.select(frame(still, 100 + number / 10))]
    early = [time for time in seen if time < STILL_AFTER]
    assert len(early) == STILL_AFTER * 10
    assert len(seen) - len(early) <= (10 - STILL_AFTER) / LOOK_AGAIN + 1
    assert seen[-1] >= 9


def test_the_last_frame_passed_over_is_seen_before_one_that_is_different() -> None:
    stillness, still = FrameGate(), picture()
    frames = [frame(still, 100 + number / 10) for number in range(28)]
    for one in frames:
        last = stillness.select(one)
    assert last == []
    other = frame(picture(), 103.0)
    assert stillness.select(other) == [frames[-1], other]
    again = frame(other.pixels, 103.1)
    assert stillness.select(again) == [again]


def test_a_clock_put_back_does_not_stop_it() -> None:
    stillness, still = FrameGate(), picture()
    for number in range(40):
        stillness.select(frame(still, 100 + number / 10))
    before = frame(still, 50.0)
    assert stillness.select(before) == [before]
