"""Replay a recording as if it were live, on a clock of its own: the same frames and answers, the same lines.

    python -m bench.replay VIDEO --region BOX [--speaker-region BOX] [--truth FILE]

A line is said as soon as it is at rest, as on a screen, and corrected where the game went on typing; how often that
happens can be counted without waiting for the recording to play. The real worker answers; each answer takes
FIND_SECONDS or READ_SECONDS of media time, whatever it took here, and all frames that come meanwhile wait.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.footage import Footage
from bench.shared import score
from capture_daemon.capture import SourceSettings, open_source
from capture_daemon.config.models import Configuration
from capture_daemon.frames import Frame, Regions
from capture_daemon.ocr.languages import canonical
from capture_daemon.ocr.worker import OcrWorker
from capture_daemon.pipeline.driving import answer_to, drive
from capture_daemon.reading.events import Answer, FindText, Request, Said
from capture_daemon.reading.reader import Reader
from capture_daemon.reading.settings import ReadingSettings

FIND_SECONDS, READ_SECONDS = 0.04, 0.06
"""Media time that looking for text takes, and reading one row: about what they take on two cores."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was said, as records with `received` (media time), `seq` and `replaces`; and how many rows were read."""

    lines: list[dict[str, Any]]
    passes: int

    @property
    def rows(self) -> int:
        """Rows of text in all that was said."""
        return sum(len(line["rows"]) for line in self.lines)


class Player:
    """Drives a reader over frames, and keeps the time at which each line is said."""

    def __init__(self, reader: Reader, worker: OcrWorker) -> None:
        self.said: list[dict[str, Any]] = []
        self._reader = reader
        self._worker = worker
        self._now = 0.0

    async def see(self, frame: Frame) -> None:
        """Take in the next frame, once the one before has been taken in."""
        self._now = max(self._now, frame.time)
        await drive(self._reader.see(frame), self._answer, self._take)

    async def end(self) -> None:
        """No more frames."""
        await drive(self._reader.end(), self._answer, self._take)

    async def _answer(self, request: Request) -> Answer:
        answer = await answer_to(self._worker, request)
        self._now += FIND_SECONDS if isinstance(request, FindText) else READ_SECONDS * len(request.rows)
        return answer

    async def _take(self) -> None:
        events, self._reader.events = self._reader.events, []
        self.said += [_record(event, self._now) for event in events if isinstance(event, Said)]


def _record(said: Said, time: float) -> dict[str, Any]:
    return {
        "type": "line",
        "seq": said.number,
        "replaces": said.replaces,
        "speaker": said.speaker,
        "text": said.text,
        "rows": list(said.rows),
        "media_time": said.completed,
        "media_started": said.started,
        "received": time,
    }


async def replay(video: Path, regions: Regions, configuration: Configuration) -> Replayed:
    """Replay a recording from beginning to end."""
    worker = OcrWorker(configuration.ocr, lambda state, detail: None)
    await worker.start()
    table = configuration.reading
    language = canonical(configuration.ocr.language)
    settings = ReadingSettings(table.min_confidence, table.settle, table.max_age, early=True, language=language)
    player = Player(Reader(regions, settings), worker)
    try:
        async for frame in _frames(video, regions):
            await player.see(frame)
        await player.end()
        return Replayed(player.said, worker.passes)
    finally:
        await worker.close()


def replay_now(footage: Footage) -> Replayed:
    """`replay`, for a process that has no event loop."""
    configuration = footage.configuration()
    regions = configuration.regions.regions()
    assert regions is not None
    return asyncio.run(replay(footage.video, regions, configuration))


async def _frames(video: Path, regions: Regions) -> AsyncIterator[Frame]:
    source = open_source(str(video), regions, SourceSettings(), lambda state, detail: None)
    await source.open()
    try:
        while frames := await source.frames():
            for frame in frames:
                yield frame
    finally:
        await source.close()


def main(arguments: list[str] | None = None) -> int:
    """Print every line with its delay, as JSON, and the score where the truth is given."""
    parser = argparse.ArgumentParser(prog="python -m bench.replay", description="Replay a recording as if live.")
    parser.add_argument("video", type=Path)
    parser.add_argument("--region", required=True)
    parser.add_argument("--speaker-region")
    parser.add_argument("--language", default="en")
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--offset", type=float, default=0.0, help="seconds from media time to the truth's clock")
    options = parser.parse_args(arguments)
    truth = options.truth or Path()
    footage = Footage(
        options.video.stem, options.video, truth, options.region, options.speaker_region, options.language
    )
    replayed = replay_now(footage)
    for line in replayed.lines:
        print(json.dumps(line, ensure_ascii=False))
    print(f"{replayed.passes} passes, {replayed.rows} rows said", file=sys.stderr)
    if options.truth:
        print(score(options.truth, replayed.lines, options.offset), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
