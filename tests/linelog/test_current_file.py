from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.linelog import current_file
from capture_daemon.linelog.current_file import Unsynced


@given(st.lists(st.one_of(st.binary(min_size=1, max_size=9), st.sampled_from(["good", "failed", "dropped"]))))
def test_what_is_kept_is_exactly_what_is_not_on_the_disk(steps: list[bytes | str]) -> None:
    kept, written, synced, doubtful = Unsynced(), b"", 0, False
    sizes: list[int] = []
    for number, step in enumerate(steps):
        if isinstance(step, bytes):
            kept.add(len(written), step, number)
            written += step
            sizes.append(len(step))
        elif step == "good":
            kept.synced(len(written))
            synced, doubtful, sizes = len(written), False, []
        elif step == "failed":
            kept.doubtful = doubtful = True
        elif sizes:
            size = sizes.pop()
            kept.drop_last(size)
            written = written[:-size]
        left = written[synced:]
        assert kept.again() == ((synced, left) if doubtful and left else None)
        assert kept.lost is None


def test_a_sync_that_began_before_a_line_leaves_that_line() -> None:
    kept = Unsynced()
    kept.add(0, b"one\n", 1)
    kept.add(4, b"two\n", 2)
    kept.synced(4)
    kept.doubtful = True
    assert kept.again() == (4, b"two\n")


def test_more_than_is_kept_can_only_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_file, "UNSYNCED_LIMIT", 10)
    kept = Unsynced()
    for number in range(1, 6):
        kept.add(number * 4, b"one\n", number)
    assert (kept.lost, kept.again()) == (None, None)
    kept.doubtful = True
    assert (kept.lost, kept.again()) == ((1, 5), None)
    kept.forget()
    assert kept.lost is None
