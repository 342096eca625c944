import numpy as np

from capture_daemon.frames import Box
from capture_daemon.reading.suspects import Suspect


def test_a_suspect_holds_a_thing_that_moves_a_little() -> None:
    suspect = Suspect(Box(100, 50, 12, 12), 0.0, np.zeros((12, 12), np.uint8), is_astray=False)
    assert suspect.holds(Box(100, 54, 12, 12))
    assert suspect.holds(Box(103, 52, 5, 5))
    assert not suspect.holds(Box(120, 50, 12, 12))
    assert suspect.is_beside(Box(140, 48, 10, 18))
    assert not suspect.is_beside(Box(140, 80, 10, 18))
