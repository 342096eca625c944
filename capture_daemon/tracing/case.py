"""A case: a short piece of a recording, cut losslessly to its regions, with everything read in it.

A folder with `case.json` (regions, size of the whole frame, settings), `clip.mkv`, `looks.jsonl` (the answers of
detector and recogniser), `lines.jsonl` (the lines reported) and perhaps `truth.jsonl` (the lines on screen).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from capture_daemon.capture.planes import part_of
from capture_daemon.capture.recording import Recording
from capture_daemon.errors import ConfigurationError, SourceDamagedError
from capture_daemon.frames import Box, Frame, Region, Regions, Size
from capture_daemon.pipeline.driving import OcrBackend, answer_to, drive
from capture_daemon.reading.events import Answer, Request, Said
from capture_daemon.reading.reader import Reader
from capture_daemon.reading.settings import ReadingSettings
from capture_daemon.tracing.ocr_answers import LastFrames
from capture_daemon.tracing.trace_records import Record, line_record

VERSION = 1
CASE, CLIP, LOOKS, LINES, TRUTH = "case.json", "clip.mkv", "looks.jsonl", "lines.jsonl", "truth.jsonl"


@dataclass(frozen=True, slots=True)
class Case:
    """The settings with which a case is read, and the geometry of its clip.

    `size` is that of the whole frame; `needed` is the part of it that contains the regions, in its pixels; `inside` is
    the position of that part in the clip's pictures.
    """

    size: Size
    needed: Box
    inside: Box
    regions: Regions
    settings: ReadingSettings
    language: str
    engine: str

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The case in a folder. Raises ConfigurationError if there is none."""
        file = folder / CASE
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            if values["v"] != VERSION:
                raise ConfigurationError(f"{file}: is of version {values['v']}, not {VERSION}: cut the case anew")
            return cls(
                Size(*values["size"]),
                Box(*values["needed"]),
                Box(*values["inside"]),
                Regions(
                    Region.parse(values["dialogue"]),
                    Region.parse(values["speaker"]) if values["speaker"] else None,
                    tuple(Region.parse(text) for text in values["ignore"]),
                ),
                ReadingSettings(**values["settings"]),
                values["language"],
                values["engine"],
            )
        except OSError as error:
            raise ConfigurationError(f"{file}: can't be read: {error.strerror}: name a case's folder") from error
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigurationError(f"{file}: is no case: {error}: cut it anew") from error

    def record(self) -> Record:
        """The case as `load` reads it."""
        settings = self.settings
        return {
            "v": VERSION,
            "size": list(self.size),
            "needed": list(self.needed),
            "inside": list(self.inside),
            "dialogue": str(self.regions.dialogue),
            "speaker": str(self.regions.speaker) if self.regions.speaker else None,
            "ignore": [str(region) for region in self.regions.ignore],
            "settings": {
                "min_confidence": settings.min_confidence,
                "settle": settings.settle,
                "max_age": settings.max_age,
                "early": settings.early,
            },
            "language": self.language,
            "engine": self.engine,
        }

    def frames(self, folder: Path) -> Iterator[Frame]:
        """The frames of the clip, as a source would yield them; times are seconds from the first one."""
        with Recording(str(folder / CLIP)) as recording:
            for number, picture in enumerate(recording.pictures(), 1):
                pixels, colour = part_of(picture.frame, self.inside)
                yield Frame(pixels, picture.time, number, self.needed, self.size, colour=colour)
            if recording.damage is not None:
                raise SourceDamagedError(recording.damage)


async def replay(
    case: Case, folder: Path, ocr: OcrBackend, scene: LastFrames, *, early: bool | None = None
) -> list[Record]:
    """The lines of a case, as read with the answers of `ocr`; `scene` is given each frame shown."""
    settings = case.settings
    if early is not None:
        settings = replace(settings, early=early)
    reader = Reader(case.regions, settings)
    said: list[Record] = []

    async def answer(request: Request) -> Answer:
        return await answer_to(ocr, request)

    async def after_each() -> None:
        events, reader.events = reader.events, []
        said.extend(line_record(event, scene.time) for event in events if isinstance(event, Said))

    for frame in case.frames(folder):
        scene.show(frame)
        await drive(reader.see(frame), answer, after_each)
    await drive(reader.end(), answer, after_each)
    return said


def standing(lines: list[Record]) -> list[Record]:
    """The lines that no later line corrects."""
    corrected = {line["replaces"] for line in lines}
    return [line for line in lines if line["number"] not in corrected]


def read_records(file: Path) -> list[dict[str, Any]]:
    """The objects in a `.jsonl` file. Raises ConfigurationError if it can't be read."""
    try:
        return [json.loads(text) for text in file.read_text(encoding="utf-8").splitlines() if text.strip()]
    except OSError as error:
        raise ConfigurationError(f"{file}: can't be read: {error.strerror}: cut the case anew") from error
    except ValueError as error:
        raise ConfigurationError(f"{file}: is not lines of JSON: {error}: cut the case anew") from error
