"""`capture-daemon trace` and `capture-daemon testcase`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from capture_daemon.cli.options import CommonOptions, with_options
from capture_daemon.common.counting import counted

SHARED_OPTIONS = ("config", "profile", "region", "speaker_region", "ignore_region", "language", "engine", "log_level")
"""The shared options of commands that read a piece of a recording."""
PIECE = 10.0
"""Seconds that are read without `--to`."""
Video = Annotated[str, typer.Argument(metavar="VIDEO", help="The recording.")]
Start = Annotated[
    float, typer.Option("--from", min=0, metavar="SECONDS", help="Where to begin; reading begins 20 s earlier.")
]
End = Annotated[float | None, typer.Option("--to", min=0, metavar="SECONDS", help="Where to end (10 s later).")]
Live = Annotated[
    bool, typer.Option("--live", help="Decide as for a live screen: report a line at rest, correct it if needed.")
]
RegionName = Annotated[
    str | None,
    typer.Option("--region-name", metavar="NAME", help="A further region, by its name, instead of the dialogue's."),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Overwrite what already exists.")]


@with_options(*SHARED_OPTIONS)
def trace(  # noqa: PLR0913, PLR0917 - the options of one command
    common: CommonOptions,
    video: Video,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The file to write: a page, FILE.html, or only the data, FILE.jsonl."
        ),
    ],
    start: Start = 0.0,
    end: End = None,
    region_name: RegionName = None,
    live: Live = False,
    overwrite: Overwrite = False,
) -> None:
    """Show why part of a recording was read as it was: each decision, with its reason and picture."""
    import asyncio  # noqa: PLC0415 - imported only in the command, as all that is slow

    from capture_daemon.tracing import trace_records  # noqa: PLC0415

    as_page = trace_records.check_trace(output, overwrite=overwrite)
    configuration = common.load(source__name=video)
    from capture_daemon.tracing import run  # noqa: PLC0415
    from capture_daemon.tracing.page import trace_page  # noqa: PLC0415

    piece = run.Piece(start, end if end is not None else start + PIECE, live)
    traced = asyncio.run(run.trace(configuration, piece, pictures=as_page, region=region_name))
    kept = traced.kept
    if as_page:
        trace_records.write(output, trace_page(traced, Path(video).name, piece))
    else:
        trace_records.write(output, trace_records.as_jsonl(kept.in_order()))
    typer.echo(f"{output}: {counted(len(kept.decisions), 'decision')}, {counted(len(kept.lines), 'line')} said")


@with_options(*SHARED_OPTIONS)
def cut_testcase(  # noqa: PLR0913, PLR0917 - the options of one command
    common: CommonOptions,
    video: Video,
    start: Annotated[
        float,
        typer.Option(
            "--from", min=0, metavar="SECONDS", help="Where the case begins, preferably while the box is empty."
        ),
    ],
    end: Annotated[float, typer.Option("--to", min=0, metavar="SECONDS", help="Where the case ends.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write the case to.")],
    region_name: RegionName = None,
    live: Live = False,
    overwrite: Overwrite = False,
) -> None:
    """Cut the regions out of part of a recording, with all that is read there, for a bug report or a test."""
    configuration = common.load(source__name=video)
    import asyncio  # noqa: PLC0415 - imported only in the command, as all that is slow

    from capture_daemon.cli.output import console  # noqa: PLC0415
    from capture_daemon.tracing import cutting  # noqa: PLC0415
    from capture_daemon.tracing.run import Piece  # noqa: PLC0415

    cutting.check_folder(output, overwrite=overwrite)
    lines = asyncio.run(cutting.cut_case(configuration, Piece(start, end, live), output, region_name))
    printer = console()
    for line in lines:
        corrected = f" (corrects {line['replaces']})" if line["replaces"] is not None else ""
        speaker = f"{line['speaker']}: " if line["speaker"] else ""
        printer.print(f"{line['time']:6.2f} s  {line['number']}{corrected}  {speaker}{line['text']}")
    size = sum(file.stat().st_size for file in output.iterdir())
    printer.print(
        f"{output}: {counted(len(lines), 'line')} said, {size / 1e6:.2f} MB; "
        "it shows what is on screen: look before you share it"
    )
