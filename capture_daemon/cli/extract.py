"""`capture-daemon extract`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capture_daemon.cli.options import SHARED, CommonOptions, with_options
from capture_daemon.cli.summary import times
from capture_daemon.common import signals
from capture_daemon.common.counting import counted, lines_and_choices
from capture_daemon.errors import ConfigurationError, SourceDamagedError, SourceError

if TYPE_CHECKING:
    from rich.progress import Progress

    from capture_daemon.config.models import Configuration
    from capture_daemon.daemon.extraction import Extraction
    from capture_daemon.pipeline.stats import RunStats

INTERRUPTED = 130
READING_OPTIONS = [name for name in SHARED if name not in ("source", "log", "host", "port", "token_file", "fps")]
"""The shared options of commands that read recordings."""
_TICK = 0.1


@with_options(*READING_OPTIONS)
def extract(  # noqa: PLR0913, PLR0917 - the options of one command
    common: CommonOptions,
    videos: Annotated[
        list[str], typer.Argument(metavar="VIDEO…", help="The recordings to read, or folders that hold them.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The file to write (VIDEO's name with .jsonl)."),
    ] = None,
    output_dir: Annotated[
        Path | None,
        typer.Option("--output-dir", metavar="FOLDER", help="Where to put a folder with the lines of each VIDEO."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, max=64, metavar="NUMBER", help="How many to read at once (one per two cores)."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue an interrupted run; skip what is done.")] = False,
    frames: Annotated[
        bool, typer.Option("--frames", help="Also save the frame of each line as a JPEG, as log.pictures does.")
    ] = False,
    ray: Annotated[
        str | None,
        typer.Option("--ray", metavar="ADDRESS", help="Read on the Ray cluster whose head is at HOST:PORT."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Overwrite what already exists.")] = False,
) -> None:
    """Read the lines of recordings into JSONL files, as fast as possible."""
    signals.end_at_once(INTERRUPTED)
    if output_dir is None:
        given = {"--jobs": jobs, "--resume": resume, "--ray": ray}
        _check_alone(videos, [name for name, value in given.items() if value])
        file = output or Path(Path(videos[0]).name).with_suffix(".jsonl")
        _extract_one(common, videos[0], file, overwrite=overwrite, pictures=frames)
        return
    if output is not None:
        raise ConfigurationError("--output is for one recording, --output-dir for any number: give one of them")
    if resume and overwrite:
        raise ConfigurationError("--resume keeps what is there, --overwrite doesn't: give one of them")
    from capture_daemon.bulk.plan import BulkOptions  # noqa: PLC0415
    from capture_daemon.cli.bulk import JobPlacement, extract_all  # noqa: PLC0415

    configuration = common.load()
    pictures = frames or _wants_whole_frames(configuration)
    options = BulkOptions(pictures=pictures, resume=resume, overwrite=overwrite)
    extract_all(configuration, videos, output_dir, options, JobPlacement(jobs, ray))


def _wants_whole_frames(configuration: Configuration) -> bool:
    """Whether the configuration has pictures kept that may show more than the regions."""
    if configuration.log.pictures != "none" and configuration.log.picture_part == "region":
        typer.echo(
            'warning: log.picture_part is "region", but with --output-dir whole frames are saved: no pictures are '
            "kept; give --frames to have them",
            err=True,
        )
        return False
    return configuration.log.pictures != "none"


def _check_alone(videos: list[str], options: list[str]) -> None:
    if options:
        raise ConfigurationError(f"{options[0]} needs --output-dir, the folder for what is read")
    if len(videos) > 1:
        raise ConfigurationError("more than one recording needs --output-dir, the folder for what is read")
    if Path(videos[0]).is_dir():
        raise ConfigurationError(f"{videos[0]} is a folder: what is read there needs --output-dir, a folder to go to")


def _check_there(video: str) -> None:
    try:
        Path(video).expanduser().stat()
    except FileNotFoundError as error:
        raise SourceError(f"there is no file {video}: name a recording, or a folder that holds some") from error
    except (OSError, ValueError, RuntimeError):
        pass  # what is wrong is said when it is opened


def _extract_one(common: CommonOptions, video: str, file: Path, *, overwrite: bool, pictures: bool) -> None:
    wanted = {"log__pictures": "jpeg"} if pictures else {}
    configuration = common.load(source__name=video, **wanted)
    from capture_daemon.cli.output import console  # noqa: PLC0415
    from capture_daemon.cli.serving import run_until_stopped  # noqa: PLC0415
    from capture_daemon.daemon.extraction import Extraction, OutputFile  # noqa: PLC0415

    made: list[ExtractionProgress] = []

    def make() -> ExtractionProgress:
        extraction = Extraction(configuration, OutputFile(file, overwrite=overwrite), pictures_beside=file)
        _check_there(video)
        made.append(ExtractionProgress(extraction, Path(video).name))
        return made[0]

    try:
        stats = run_until_stopped(make)
    except SourceDamagedError:
        if made[0].stats is not None:
            console().print(_summary(made[0].stats, file))
        raise
    console().print(_summary(stats, file))
    if made[0].interrupted:
        raise typer.Exit(INTERRUPTED)


class ExtractionProgress:
    """An extraction with a progress bar on standard error, where that is a terminal."""

    def __init__(self, extraction: Extraction, name: str) -> None:
        self._extraction = extraction
        self._name = name

    @property
    def interrupted(self) -> bool:
        """Whether it was stopped before its end."""
        return self._extraction.interrupted

    @property
    def stats(self) -> RunStats | None:
        """What it came to, also where it ended in an error; None before its end."""
        return self._extraction.stats

    def stop(self) -> None:
        """End soon."""
        self._extraction.stop()

    async def run(self) -> RunStats:
        """Read to the end."""
        import asyncio  # noqa: PLC0415 - imported only in the command, as all that is slow

        progress = _progress()
        with progress:
            watching = asyncio.create_task(self._watch(progress))
            try:
                return await self._extraction.run()
            finally:
                watching.cancel()

    async def _watch(self, progress: Progress) -> None:
        import asyncio  # noqa: PLC0415

        task = progress.add_task(self._name, total=None, speed="")
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            position = self._extraction.position
            if position:
                speed = f"{position / max(loop.time() - began, 1e-3):.1f}x real time"
            elif self._extraction.searched:
                speed = f"searching for the dialogue: {self._extraction.searched:.0f} s seen"
            else:
                speed = "opening"
            progress.update(task, total=self._extraction.duration, completed=position, speed=speed)
            await asyncio.sleep(_TICK)


def _progress() -> Progress:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    from capture_daemon.cli.output import console  # noqa: PLC0415

    errors = console(errors=True)
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


def _summary(stats: RunStats, file: Path) -> str:
    passes = stats.passes_per_row()
    took = times(stats.shown, stats.seconds, loading=stats.loading, search=stats.search)
    return (
        f"{lines_and_choices(stats.lines, stats.choices)} · {took} · "
        f"{counted(stats.passes, 'OCR pass')}" + (f", {passes:.2f} a row" if passes is not None else "") + f" · {file}"
    )
