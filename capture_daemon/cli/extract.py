"""`capture-daemon extract`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capture_daemon import signals
from capture_daemon.cli.options import SHARED, Common, with_options

if TYPE_CHECKING:
    from rich.progress import Progress

    from capture_daemon.extraction import Extraction
    from capture_daemon.figures import Figures

INTERRUPTED = 130
_SHARED = [name for name in SHARED if name not in ("source", "log", "host", "port", "token_file", "fps")]
_TICK = 0.1


@with_options(*_SHARED)
def extract(
    common: Common,
    video: Annotated[str, typer.Argument(metavar="VIDEO", help="The recording to read.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where the lines go; without it, VIDEO's name with .jsonl."
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write over a file that is there already.")] = False,
) -> None:
    """Read a recording's lines into a JSONL file, as fast as they can be read."""
    signals.end_at_once(INTERRUPTED)
    configuration = common.load(source__name=video)
    from capture_daemon.cli.output import console  # noqa: PLC0415
    from capture_daemon.cli.serving import run_until_stopped  # noqa: PLC0415
    from capture_daemon.extraction import Extraction  # noqa: PLC0415

    file = output or Path(Path(video).name).with_suffix(".jsonl")
    made: list[_Shown] = []

    def make() -> _Shown:
        made.append(_Shown(Extraction(configuration, file, overwrite=overwrite), Path(video).name))
        return made[0]

    figures = run_until_stopped(make)
    console().print(_summary(figures, file))
    if made[0].interrupted:
        raise typer.Exit(INTERRUPTED)


class _Shown:
    """An extraction with a progress bar on standard error, where that is a terminal."""

    def __init__(self, extraction: Extraction, name: str) -> None:
        self._extraction = extraction
        self._name = name

    @property
    def interrupted(self) -> bool:
        return self._extraction.interrupted

    def stop(self) -> None:
        self._extraction.stop()

    async def run(self) -> Figures:
        progress = _progress()
        with progress:
            watching = asyncio.create_task(self._watch(progress))
            try:
                return await self._extraction.run()
            finally:
                watching.cancel()

    async def _watch(self, progress: Progress) -> None:
        task = progress.add_task(self._name, total=None, speed="")
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            position = self._extraction.position
            speed = f"{position / max(loop.time() - began, 1e-3):.1f}x real time" if position else "opening"
            progress.update(task, total=self._extraction.duration, completed=position, speed=speed)
            await asyncio.sleep(_TICK)


def _progress() -> Progress:
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    errors = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[speed]}", style="cyan"),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    )


def _summary(figures: Figures, file: Path) -> str:
    passes = figures.passes_a_row()
    return (
        f"{figures.lines} lines · {figures.shown:.1f} s in {figures.seconds:.1f} s, "
        f"{figures.shown / max(figures.seconds, 1e-3):.1f} times real time · {figures.passes} OCR passes"
        + (f", {passes:.2f} a row" if passes is not None else "")
        + f" · {file}"
    )
