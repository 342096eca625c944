"""`capture-daemon snapshot`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from capture_daemon.cli.options import SHARED, CommonOptions, with_options

_SHARED = [name for name in SHARED if name not in ("menus", "log", "host", "port", "token_file")]


@with_options(*_SHARED)
def snapshot(
    common: CommonOptions,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The PNG file to write.")],
    at: Annotated[
        float, typer.Option("--at", min=0, metavar="SECONDS", help="The moment of a recording to show.")
    ] = 0.0,
) -> None:
    """Save a picture of what is captured, with regions and rows drawn on it; without a region, with a grid."""
    configuration = common.load()
    import asyncio  # noqa: PLC0415 - imported only in the command, as all that is slow

    import cv2  # noqa: PLC0415

    from capture_daemon.cli.output import console  # noqa: PLC0415
    from capture_daemon.common import private_files  # noqa: PLC0415
    from capture_daemon.errors import ConfigurationError  # noqa: PLC0415
    from capture_daemon.pipeline import annotation, snapshot  # noqa: PLC0415

    if not output.parent.is_dir():
        raise ConfigurationError(f"{output}: there is no folder {output.parent}: choose another file with --output")
    found = asyncio.run(snapshot.take(configuration, at))
    if found.regions is None:
        drawn = annotation.with_grid(found.picture)
    else:
        drawn = annotation.with_regions(found.picture, found.regions, found.rows)
    try:
        private_files.write(output, cv2.imencode(".png", drawn)[1].tobytes())
    except OSError as error:
        raise ConfigurationError(
            f"{output}: can't be written: {error.strerror}: choose another file with --output"
        ) from error
    printer = console()
    printer.print(f"{output}: {found.picture.shape[1]}x{found.picture.shape[0]} pixels")
    if found.regions is None:
        printer.print("choose the dialogue's region on it, then: capture-daemon run --region LEFT,TOP,WIDTH,HEIGHT")
    for number, row in enumerate(found.rows, 1):
        printer.print(f"row {number} at {row.box}: {annotation.row_note(row)}")
    if found.text is not None:
        printer.print(f"the line: {found.speaker + ': ' if found.speaker else ''}{found.text}")
    elif found.regions is not None and not found.rows:
        printer.print(
            "no text found in the dialogue region: without --region a grid shows where text stands, "
            "with --region auto it is found"
        )
    for warning in found.warnings:
        console(errors=True).print(f"warning: {warning}")
