"""The warning if reading falls behind."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from capture_daemon.daemon import falling_behind
from capture_daemon.daemon.falling_behind import (
    BEHIND,
    DROPPED_WITHIN,
    KEEPS_UP,
    LASTS,
    STEP,
    TOLD_EVERY,
    BehindWarning,
)
from capture_daemon.records import Status
from tests.stage import staged
from tests.x_server import XServer

WELL = Status(what="ocr", state="capturing")


class Game:
    """A daemon whose reading is as far behind as a test says, second by second."""

    def __init__(self) -> None:
        self.seconds_behind = 0.0
        self.dropped = 0
        self.now = 100.0
        self.source = Status(what="source", state="capturing")
        self.ocr = WELL
        self.told: list[Status] = []
        self.warning = BehindWarning(self, lambda: [self.source, self.ocr], self.tell, lambda: self.now)

    def tell(self, status: Status) -> None:
        self.told.append(status)
        self.ocr = status

    def play(self, seconds: float, *, behind: float = 0.0, dropping: int = 0) -> None:
        for _ in range(round(seconds / STEP)):
            self.now += STEP
            self.seconds_behind = behind
            self.dropped += dropping
            self.warning.look()


@pytest.fixture
def game(caplog: pytest.LogCaptureFixture) -> Game:
    caplog.set_level(logging.INFO, "capture_daemon")
    return Game()


def test_it_warns_once_and_says_when_reading_keeps_up_again(game: Game, caplog: pytest.LogCaptureFixture) -> None:
    game.play(30, behind=BEHIND - 0.5)
    game.play(LASTS, behind=20)
    assert not game.told
    game.play(30, behind=20, dropping=2)
    assert game.ocr.state == "degraded"
    assert game.ocr.detail is not None
    assert game.ocr.detail.startswith("reading is 20 s behind, ")
    assert [status.state for status in game.told] == ["degraded"] * round(30 / TOLD_EVERY)
    game.play(DROPPED_WITHIN + KEEPS_UP - 2 * STEP)
    assert game.ocr.state == "degraded"
    game.play(3 * STEP)
    assert game.ocr == WELL
    first, last = caplog.records
    assert (first.levelname, last.levelname) == ("WARNING", "INFO")
    assert first.message.startswith("reading is 20 s behind, 2 frames dropped: ")
    assert last.message == "reading keeps up again; 60 frames were dropped meanwhile"


def test_a_short_while_is_none(game: Game, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(5):
        game.play(LASTS, behind=20)
        game.play(STEP)
    assert not game.told
    assert not caplog.records


def test_it_warns_of_frames_dropped_in_bursts(game: Game) -> None:
    for _ in range(round(LASTS / DROPPED_WITHIN) + 1):
        game.play(STEP, dropping=10)
        game.play(DROPPED_WITHIN - STEP)
    assert game.ocr.state == "degraded"
    assert game.ocr.detail == "reading is 0 s behind, 30 frames dropped"


@pytest.mark.parametrize("what", ["source", "ocr"])
def test_nothing_counts_while_a_part_does_not_work(game: Game, what: str) -> None:
    setattr(game, what, Status(what="source" if what == "source" else "ocr", state="waiting", detail="loading"))
    game.play(60, behind=20, dropping=5)
    assert not game.told


def test_a_worker_that_comes_back_meanwhile_does_not_hide_it(game: Game, caplog: pytest.LogCaptureFixture) -> None:
    game.play(LASTS + STEP, behind=20)
    game.ocr = Status(what="ocr", state="degraded", detail="it hung; another is started")
    game.play(3, behind=20)
    assert game.ocr.detail == "it hung; another is started"
    game.ocr = WELL
    game.play(STEP, behind=20)
    assert game.ocr.state == "degraded"
    assert len(caplog.records) == 1
    game.ocr = lost = Status(what="ocr", state="degraded", detail="it hung; another is started")
    game.play(KEEPS_UP + STEP)
    assert game.ocr == lost


def test_clients_of_a_daemon_see_it(tmp_path: Path, x_server: XServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(falling_behind, "BEHIND", 0.0)
    for limit in ("LASTS", "STEP"):
        monkeypatch.setattr(falling_behind, limit, 0.05)

    async def main() -> None:
        async with staged(tmp_path, x_server) as stage:
            stage.write("Hello.")
            await stage.until(
                lambda: [
                    one
                    for one in stage.records
                    if isinstance(one, Status) and one.state == "degraded" and "s behind" in (one.detail or "")
                ]
            )

    asyncio.run(main())
