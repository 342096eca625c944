"""`capture-daemon testcase`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from capture_daemon.cli.options import CommonOptions, with_options
from capture_daemon.cli.trace import SHARED_OPTIONS, Live, Overwrite, Video


@with_options(*SHARED_OPTIONS)
def cut_testcase(  # noqa: PLR0913, PLR0917 - the options of one command
    common: CommonOptions,
    video: Video,
    start: Annotated[
        float, typer.Option("--from", min=0, metavar="SECONDS", help="Where the case begins, best in an empty box.")
    ],
    end: Annotated[float, typer.Option("--to", min=0, metavar="SECONDS", help="Where it ends.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder that the case goes to.")],
    live: Live = False,
    overwrite: Overwrite = False,
) -> None:
    """Cut a piece of a recording's regions out, with all that is read in it, for a bug report or a test."""
    configuration = common.load(source__name=video)
    from capture_daemon.cli.output import console  # noqa: PLC0415 - imported only in the command, as all that is slow
    from capture_daemon.tracing import cutting  # noqa: PLC0415
    from capture_daemon.tracing.run import Piece  # noqa: PLC0415

    cutting.check_folder(output, overwrite=overwrite)
    lines = asyncio.run(cutting.cut_case(configuration, Piece(start, end, live), output))
    told = console()
    for line in lines:
        corrected = f" (corrects {line['replaces']})" if line["replaces"] is not None else ""
        speaker = f"{line['speaker']}: " if line["speaker"] else ""
        told.print(f"{line['time']:6.2f} s  {line['number']}{corrected}  {speaker}{line['text']}")
    size = sum(file.stat().st_size for file in output.iterdir())
    told.print(
        f"{output}: {len(lines)} lines said, {size / 1e6:.2f} MB; it shows what is on screen: look before you share it"
    )
