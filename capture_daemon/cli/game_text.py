"""`extract-game-text`: the command line of the first script of this kind, kept for its users."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capture_daemon.cli import call
from capture_daemon.cli.extract import INTERRUPTED, READING_OPTIONS, ExtractionProgress
from capture_daemon.cli.options import CommonOptions, with_options
from capture_daemon.common import private_files, signals
from capture_daemon.common.counting import counted
from capture_daemon.errors import LogError, OutputExistsError, RegionError, SourceError

if TYPE_CHECKING:
    from capture_daemon.bulk.line_pictures import SavedFrame
    from capture_daemon.linelog.pending import PendingLine
    from capture_daemon.records import Entry, Line, Partial, Status

PROGRAM = "extract-game-text"
RESULTS = "extraction_results.json"

app = typer.Typer(
    name=PROGRAM,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
@with_options(*READING_OPTIONS)
def extract_game_text(
    common: CommonOptions,
    video_path: Annotated[
        str, typer.Option("--video_path", "--video-path", metavar="VIDEO", help="The recording to read.")
    ],
    output_dir: Annotated[
        Path,
        typer.Option("--output_dir", "--output-dir", metavar="FOLDER", help=f"Where {RESULTS} and the frames go."),
    ],
    frame_interval: Annotated[
        int,
        typer.Option(
            "--frame_interval",
            "--frame-interval",
            min=1,
            max=60,
            metavar="NUMBER",
            help="Look at every NUMBERth frame.",
        ),
    ] = 1,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Overwrite existing results.")] = False,
) -> None:
    """Read a recording's lines into one JSON file, each once, and save the frame of each."""
    signals.end_at_once(INTERRUPTED)
    configuration = common.load(source__name=video_path)
    from capture_daemon.bulk import line_pictures  # noqa: PLC0415
    from capture_daemon.cli.serving import run_until_stopped  # noqa: PLC0415
    from capture_daemon.daemon.extraction import Extraction  # noqa: PLC0415

    results = output_dir / RESULTS
    if results.exists() and not overwrite:
        raise OutputExistsError(f"{results}: already exists: choose another --output_dir, or give --overwrite")
    collected = CollectedLines()
    made: list[ExtractionProgress] = []

    def make() -> ExtractionProgress:
        made.append(
            ExtractionProgress(Extraction(configuration, collected, every=frame_interval), Path(video_path).name)
        )
        return made[0]

    damage: SourceError | RegionError | None = None
    try:
        run_until_stopped(make)
    except (SourceError, RegionError) as error:
        if not collected.has_lines:
            raise
        damage = error
    try:
        private_files.make_folder(output_dir)
        most = configuration.source.max_pixels
        naming = line_pictures.by_frame
        frames = line_pictures.save(video_path, collected.lines, output_dir, naming=naming, exact=True, max_pixels=most)
        _write(results, [_entry(line, frame) for line, frame in zip(collected.lines, frames, strict=True)])
    except OSError as error:
        raise LogError(f"{results}: can't be written: {error.strerror}: choose another --output_dir") from error
    typer.echo(f"{counted(len(collected.lines), 'line')} · {results}")
    if damage is not None:
        raise damage
    if made[0].interrupted:
        raise typer.Exit(INTERRUPTED)


class CollectedLines:
    """Keeps the lines of a recording until it has been read."""

    wants_partials = False

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._numbers = 0

    @property
    def has_lines(self) -> bool:
        """Whether there are any."""
        return bool(self.lines)

    def check(self) -> None:
        """There is nothing that could fail."""

    async def write(self, line: Entry, replaces: PendingLine | None = None) -> PendingLine:
        """Number the line and keep it; choices have no place in the results."""
        from capture_daemon.linelog.pending import PendingLine  # noqa: PLC0415 - heavy for `--help`
        from capture_daemon.records import Line  # noqa: PLC0415

        entry = replace(PendingLine(line, replaces).to_write(), seq=self._numbers + 1)
        self._numbers += 1
        if isinstance(entry, Line):
            self.lines.append(entry)
        return PendingLine.of(entry)

    def publish_partial(self, partial: Partial) -> None:
        """Partials are not written to files."""

    def set_status(self, status: Status) -> None:
        """Statuses are not reported here."""

    async def finish(self) -> None:
        """All lines are here."""

    def close(self) -> None:
        """Nothing is held."""


def main() -> None:
    """The program: `sys.argv` in, an exit code out."""
    sys.exit(call(sys.argv[1:], app, PROGRAM))


def _entry(line: Line, frame: SavedFrame | None) -> dict[str, Any]:
    """One object of the results; times are in seconds of the recording."""
    return {
        "texts": line.rows,
        "text": line.text,
        "speaker": line.speaker,
        "confidence": line.confidence,
        "time": line.media_time,
        "started": line.media_started,
        "frame": None if frame is None else frame.number,
        "image": None if frame is None else frame.file.name,
        "language": line.language,
        "box": line.box,
    }


def _write(results: Path, entries: Sequence[dict[str, Any]]) -> None:
    """All of it, or nothing."""
    private_files.write(results, f"{json.dumps(entries, ensure_ascii=False, indent=2)}\n".encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
