"""Pictures of a live source show the moment of their line or menu, not that at which it became known."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from capture_daemon.capture.base import Source
from capture_daemon.capture.live import as_it_came
from capture_daemon.config.models import LogTable
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, ColourImage, Frame, Region, Regions
from capture_daemon.pictures.keeper import PictureKeeper
from tests.pictures.drawing import BOX, SIZE, TEXT, frame, whole
from tests.server.helpers import choice, line


class Camera:
    """A live source that has gone on: what it shows now must not be asked for."""

    regions = Regions(Region(0, 0, 10, 10, fractions=False))
    live = True

    @property
    def source(self) -> Source:
        return self  # type: ignore[return-value]

    async def whole(self) -> ColourImage:
        raise SourceError("it shows the next line by now")


def seen(time: float, pattern: int, light: int) -> Frame:
    """A frame with the whole picture; the scene above the text is of one light."""
    picture = whole(pattern)
    picture[:300] = light
    everything = Frame(np.ascontiguousarray(picture[:, :, 0]), time, 0, Box(0, 0, *SIZE), SIZE, as_it_came(picture))
    return replace(frame(time, picture), whole=everything)


def test_the_whole_picture_of_the_moment_when_a_line_was_complete_or_a_menu_stood(tmp_path: Path) -> None:
    async def main() -> None:
        keeper = PictureKeeper(LogTable(pictures="jpeg"), tmp_path / "lines.jsonl", Camera())
        for number, light in enumerate((50, 100, 150)):
            keeper.saw([seen(1.0 + number, number, light)])
            await asyncio.sleep(0)
            await keeper._thread.run(lambda: None)  # one picture is encoded at a time
            await asyncio.sleep(0)
        said = replace(line("Hello"), box=list(TEXT))
        menu = replace(choice("Yes", "No", chosen=1), box=[10, 10, 80, 60])
        for record, completed in ((said, 1.9), (menu, 1.5)):
            named, shot = await keeper.take(record, completed)
            assert shot is not None
            written = named.numbered("0" * 12, 1 if record is said else 2)
            keeper.keep(shot, written)
            await shot.task
            data = (tmp_path / str(written.picture)).read_bytes()
            shown = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
            assert shown is not None
            assert shown.shape == (480, 640)
            assert abs(int(shown[100, 100]) - (100 if record is said else 50)) < 5
        await keeper.close(1.0)

    asyncio.run(main())


def test_a_full_stop_that_comes_after_the_last_letter_is_in_the_picture(tmp_path: Path) -> None:
    stop = (TEXT.top + 20, TEXT.left + TEXT.width + 8)

    async def main() -> None:
        keeper = PictureKeeper(LogTable(pictures="jpeg", picture_part="region"), tmp_path / "lines.jsonl", Camera())
        for time in (1.0, 1.2):
            picture = whole(1)
            if time > 1.0:
                picture[stop[0] : stop[0] + 4, stop[1] : stop[1] + 4] = 240
            keeper.saw([frame(time, picture)])
        named, shot = await keeper.take(replace(line("Hello."), box=list(TEXT)), 1.0)
        assert shot is not None
        written = named.numbered("0" * 12, 1)
        keeper.keep(shot, written)
        await shot.task
        data = (tmp_path / str(written.picture)).read_bytes()
        shown = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert shown is not None
        assert shown[stop[0] - BOX.top + 1, stop[1] - BOX.left + 1] > 150
        await keeper.close(1.0)

    asyncio.run(main())
