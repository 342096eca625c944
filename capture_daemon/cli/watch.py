"""`capture-daemon watch`."""

from __future__ import annotations

from typing import Annotated

import typer

from capture_daemon.cli.options import CommonOptions, with_options


@with_options("config", "profile", "host", "port", "token_file", "log_level")
def watch(
    common: CommonOptions,
    url: Annotated[str | None, typer.Argument(metavar="[URL]", help="The feed, as ws://HOST:PORT.")] = None,
    after: Annotated[
        int | None,
        typer.Option("--after", min=0, metavar="SEQ", help="Start after this number; 0 is from the beginning."),
    ] = None,
    partials: Annotated[bool, typer.Option("--partials", help="Also show text that is still being typed.")] = False,
    raw: Annotated[bool, typer.Option("--json", help="Print each record as a line of JSON.")] = False,
) -> None:
    """Print a daemon's lines as they arrive, until stopped by Ctrl-C; reconnects when the daemon is back."""
    import asyncio  # noqa: PLC0415 - imported only in the command, as all that is slow

    from capture_daemon.cli.output import console, entry_text  # noqa: PLC0415
    from capture_daemon.client import follow  # noqa: PLC0415
    from capture_daemon.common.visible import visible  # noqa: PLC0415
    from capture_daemon.records import Entry, Gap, Partial, Record, Status  # noqa: PLC0415

    there = common.reach(url)
    output, notes = console(), console(errors=True)

    def show(record: Record) -> None:
        if raw:
            output.print(record.to_json())
        elif isinstance(record, Entry):
            output.print(entry_text(record))
        elif isinstance(record, Partial):
            said = f"{record.speaker + ': ' if record.speaker else ''}{record.text}"
            notes.print(f"… {visible(said)}", style="dim")
        elif isinstance(record, Gap):
            text = f"lines {record.first} to {record.last} are not available ({record.reason})"
            notes.print(visible(text), style="yellow")
        elif isinstance(record, Status):
            detail = f": {record.detail}" if record.detail else ""
            notes.print(visible(f"{record.what} {record.state}{detail}"), style="dim")

    async def listen() -> None:
        async for record in follow(there, after, partials=partials):
            show(record)

    asyncio.run(listen())
