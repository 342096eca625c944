"""A daemon in this process that reads, with Tesseract, what is written on an X screen of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image, ImageDraw, ImageFont
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from capture_daemon.config.source import ConfigSource
from capture_daemon.daemon.daemon import Daemon
from capture_daemon.records import Line, Record, Status, parse_record
from tests.needs import needs_file, needs_module
from tests.ocr.drawing import SANS
from tests.x_server import XServer

WAIT = 60.0
BOX = (40, 340, 560, 60)
"""Where dialogue is written, unless told otherwise."""
REGION = ",".join(map(str, BOX))
SETTLED = 1.2
"""Seconds after which text that was written would have been said."""


def workers() -> list[int]:
    """The OCR workers of this process."""
    found = []
    for child in psutil.Process().children():
        # One that was just killed has no command line any more.
        with suppress(psutil.Error):
            if "capture_daemon.ocr.child" in child.cmdline():
                found.append(child.pid)
    return found


def write(screen: XServer, text: str, box: tuple[int, int, int, int] = BOX) -> None:
    """Write a text into a box on the screen, in place of what was there."""
    left, top, width, height = box
    image = Image.new("RGB", (width, height), (20, 24, 60))
    font = ImageFont.truetype(str(needs_file(Path(SANS[0]), package=SANS[1])), 26)
    ImageDraw.Draw(image).text((12, 12), text, fill=(240, 240, 240), font=font)
    screen.show(left, top, np.asarray(image, np.uint8))


class Stage:
    """The screen, the running daemon, and a client that hears everything."""

    def __init__(self, screen: XServer, daemon: Daemon, address: str) -> None:
        self.screen = screen
        self.daemon = daemon
        self.address = address
        self.records: list[Record] = []
        self.control: ClientConnection
        self._came = asyncio.Event()
        self._asked = 0

    @property
    def lines(self) -> list[Line]:
        """The lines heard so far."""
        return [record for record in self.records if isinstance(record, Line)]

    @property
    def texts(self) -> list[str]:
        """What they say."""
        return [line.text for line in self.lines]

    def states(self, what: str) -> list[str]:
        """The states that a part of the daemon has told."""
        return [record.state for record in self.records if isinstance(record, Status) and record.what == what]

    def write(self, text: str, box: tuple[int, int, int, int] = BOX) -> None:
        """Write a text into a box, in place of what was there."""
        write(self.screen, text, box)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for a record after which `condition` holds."""
        try:
            async with asyncio.timeout(WAIT):
                while not condition():
                    self._came.clear()
                    await self._came.wait()
        except TimeoutError:
            raise AssertionError(self.records) from None

    async def until_said(self, *texts: str) -> None:
        """Wait until these are all the lines there are."""
        await self.until(lambda: len(self.texts) >= len(texts))
        assert self.texts == list(texts)

    async def ask(self, do: str, **values: Any) -> dict[str, Any]:
        """Ask something at the control door; its answer."""
        self._asked += 1
        await self.control.send(json.dumps({"id": self._asked, "do": do} | values))
        answer: dict[str, Any] = json.loads(await asyncio.wait_for(self.control.recv(), WAIT))
        assert answer.pop("id") == self._asked
        return answer

    async def hear(self) -> None:
        """Listen to the end, past restarts of the server."""
        after = 0
        while True:
            with suppress(ConnectionClosed, OSError):
                async with connect(f"{self.address}/v1/lines?after={after}", compression=None, proxy=None) as client:
                    async for message in client:
                        self.records.append(parse_record(message))
                        after = self.lines[-1].seq if self.lines else 0
                        self._came.set()
            await asyncio.sleep(0.05)


@asynccontextmanager
async def staged(
    folder: Path, screen: XServer, *, settings: str = "", setup: bool = False, **overrides: Any
) -> AsyncIterator[Stage]:
    """A daemon whose configuration file is FOLDER/capture-daemon.toml, and is made of `settings`.

    With `setup` it captures nothing until a game is set up; `overrides` say what it does until then alone.
    """
    needs_module("tesserocr", extra="tesseract")
    file = folder / "capture-daemon.toml"
    file.write_text(settings or f'# where\n[regions]\ndialogue = "{REGION}"  # the box\n', encoding="utf-8")
    fixed = {"ocr.engine": "tesseract", "ocr.language": "en", "server.port": 0, "log.path": str(folder / "lines.jsonl")}
    changes = {key.replace("__", "."): value for key, value in overrides.items()}
    first = ConfigSource(file, None, fixed | changes)
    source = ConfigSource(file, None, fixed) if setup else first
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    daemon = Daemon(first.load(), config_source=source, setup=setup, on_ready=address.set_result)
    running = asyncio.create_task(daemon.run())
    await asyncio.wait((running, address), timeout=WAIT, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        await running
    stage = Stage(screen, daemon, address.result())
    hearing = asyncio.create_task(stage.hear())
    try:
        async with connect(f"{stage.address}/v1/control", compression=None, proxy=None, max_size=None) as stage.control:
            await stage.until(lambda: stage.states("ocr")[-1:] == ["capturing"])
            yield stage
    finally:
        daemon.stop()
        hearing.cancel()
        await asyncio.wait_for(running, WAIT)
