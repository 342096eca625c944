"""What the source shows just now, where no daemon runs that could say why no line comes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from capture_daemon.cli.findings import Finding
from capture_daemon.config.models import Configuration
from capture_daemon.errors import CaptureDaemonError

LIMIT = 30.0
"""Seconds for the source to show something and the model to be loaded; 15 to 60."""
_WHEN = "run `capture-daemon doctor` while a line stands on screen"


def examine(configuration: Configuration) -> Iterator[Finding]:
    """Whether text stands in the dialogue region now, or what is seen instead; nothing if no region is set."""
    if configuration.all_regions is None or configuration.regions.automatic:
        return
    try:
        found = asyncio.run(_seen(configuration))
    except TimeoutError:
        yield Finding("picture", "note", f"nothing was seen within {LIMIT:g} s", "try `capture-daemon snapshot`")
    except CaptureDaemonError as error:
        yield Finding("picture", "note", str(error))
    else:
        if found is not None:
            yield found


async def _seen(configuration: Configuration) -> Finding | None:
    """What one picture shows; None for a recording, or a source that waits for a game. Raises CaptureDaemonError."""
    from capture_daemon.capture import open_source  # noqa: PLC0415 - only if asked: it is slow
    from capture_daemon.capture.waiting import WaitingSource  # noqa: PLC0415
    from capture_daemon.daemon.silence import explain_silence  # noqa: PLC0415
    from capture_daemon.frames import Size  # noqa: PLC0415
    from capture_daemon.ocr.worker import OcrWorker  # noqa: PLC0415
    from capture_daemon.pipeline.validation import source_settings  # noqa: PLC0415

    table, regions = configuration.source, configuration.all_regions
    assert regions is not None
    source = open_source(table.name, None, source_settings(table), lambda state, detail: None)
    if not source.live or isinstance(source, WaitingSource):
        return None
    worker = OcrWorker(configuration.ocr, lambda state, detail: None)
    try:
        async with asyncio.timeout(LIMIT):
            await source.open()
            await worker.start()
            picture = await source.whole()
            texts = [one.box for one in await worker.find(picture) or ()]
    finally:
        await asyncio.gather(source.close(), worker.close())
    region = regions.resolve(Size(picture.shape[1], picture.shape[0])).dialogue
    if any(text.intersection(region) is not None for text in texts):
        return Finding("picture", "good", "text stands in the dialogue region")
    return Finding("picture", "note", explain_silence(picture, region, texts), _WHEN)
