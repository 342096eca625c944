"""`capture-daemon ctl`: controlling a running daemon from scripts and hotkeys."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from capture_daemon.cli.options import CommonOptions, with_options
from capture_daemon.common.visible import visible

_ORDER = {"source": 0, "ocr": 1, "log": 2}


def status_text(answer: Mapping[str, Any]) -> list[str]:
    """The daemon's answer to `status`, a row each; what an older daemon doesn't send is left out."""
    parts = sorted(answer["statuses"], key=lambda record: (_ORDER.get(record["what"], len(_ORDER)), record["what"]))
    rows = [_part(record, str(answer["source"])) for record in parts]
    silence = _number(answer, "seconds_since_line")
    last = "" if silence is None else f", the last one {silence:.0f} s ago"
    rows.append(f"lines: {answer['lines']} since the start{last}; the latest in the log is {answer['latest']}")
    delay = answer.get("delay")
    if isinstance(delay, dict):
        median, longest, lines = (_number(delay, key) or 0 for key in ("median", "longest", "lines"))
        of = "line" if lines == 1 else f"{lines:g} lines"
        rows.append(f"delay: {median:.2f} s (median), {longest:.2f} s (longest) of the last {of}")
    clients = _number(answer, "clients")
    if clients is not None:
        # This program is one of them.
        rows.append(f"clients: {max(0, clients - 1):g}")
    return rows


def _number(values: Mapping[str, Any], key: str) -> float | None:
    value = values.get(key)
    return value if isinstance(value, int | float) else None


def _part(record: Mapping[str, Any], source: str) -> str:
    name = f", {source}" if record["what"] == "source" else ""
    # What it says of itself may begin with its name.
    detail = f": {record['detail'].removeprefix(f'{source}: ')}" if record["detail"] else ""
    return f"{record['what']}: {record['state']}{name}{detail}"


ctl = typer.Typer(help="Control a running daemon: pause it, see its frame, change its regions.", no_args_is_help=True)
_SHARED = ("config", "profile", "host", "port", "token_file", "log_level")
Url = Annotated[
    str | None, typer.Option("--url", metavar="URL", help="The daemon's address, ws://HOST:PORT (as configured).")
]


@ctl.command("pause")
@with_options(*_SHARED)
def pause(common: CommonOptions, url: Url = None) -> None:
    """Finish the current line, then stop capturing until resumed."""
    _ask(common, url, {"do": "pause"})


@ctl.command("resume")
@with_options(*_SHARED)
def resume(common: CommonOptions, url: Url = None) -> None:
    """Resume capturing."""
    _ask(common, url, {"do": "resume"})


@ctl.command("toggle")
@with_options(*_SHARED)
def toggle(common: CommonOptions, url: Url = None) -> None:
    """Pause if capturing, resume if paused; print which."""
    [status] = _ask(common, url, {"do": "status"})
    do = "resume" if status["paused"] else "pause"
    _ask(common, url, {"do": do})
    typer.echo("capturing" if status["paused"] else "paused")


@ctl.command("status")
@with_options(*_SHARED)
def status(
    common: CommonOptions,
    url: Url = None,
    raw: Annotated[bool, typer.Option("--json", help="Print the daemon's answer as a line of JSON.")] = False,
) -> None:
    """Print the daemon's status."""
    [answer] = _ask(common, url, {"do": "status"})
    if raw:
        typer.echo(json.dumps({key: value for key, value in answer.items() if key not in ("id", "ok")}))
        return

    for row in status_text(answer):
        typer.echo(visible(row))


@ctl.command("frame")
@with_options(*_SHARED)
def frame(
    common: CommonOptions,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The file to write: a JPEG if it ends in .jpg, else a PNG."
        ),
    ],
    url: Url = None,
    box: Annotated[
        str | None, typer.Option("--box", metavar="X,Y,W,H", help="Only this part, in pixels or fractions.")
    ] = None,
    scale: Annotated[
        float, typer.Option("--scale", metavar="NUMBER", min=0.05, max=1, help="Scale factor, from 0.05 to 1 (1).")
    ] = 1.0,
) -> None:
    """Save the current frame, or part of it."""
    from capture_daemon.common import private_files  # noqa: PLC0415 - imported only in the command
    from capture_daemon.errors import ConfigurationError  # noqa: PLC0415

    form = "jpeg" if output.suffix.lower() in (".jpg", ".jpeg") else "png"
    wanted = {"format": form, "scale": scale} | ({} if box is None else {"box": box})
    [answer] = _ask(common, url, {"do": "frame"} | wanted)
    try:
        private_files.write(output, base64.b64decode(answer[form]))
    except OSError as error:
        raise ConfigurationError(
            f"{output}: can't be written: {error.strerror}: choose another file with --output"
        ) from error
    whole = "{}x{} pixels".format(*answer["size"])
    part = whole if box is None else "{2}x{3} pixels at {0},{1} of {whole}".format(*answer["box"], whole=whole)
    typer.echo(f"{output}: {part}{'' if scale == 1 else f', scaled by {scale:g}'}")


@ctl.command("set-region")
@with_options(*_SHARED)
def set_region(
    common: CommonOptions,
    name: Annotated[str, typer.Argument(metavar="NAME", help="dialogue, speaker, choices, or a name of [[region]].")],
    box: Annotated[str, typer.Argument(metavar="X,Y,W,H", help="In pixels, or in fractions of the frame.")],
    url: Url = None,
    save: Annotated[bool, typer.Option("--save", help="Also write it to the daemon's configuration file.")] = False,
) -> None:
    """Change a region from the next frame on; print the rows read there now."""
    [answer] = _ask(common, url, {"do": "set_region", "region": name, "box": box, "save": save})
    place = ",".join(map(str, answer["box"])) if answer["box"] else "gone"
    typer.echo(f"{answer['region']}: {place}{', saved' if answer['saved'] else ''}")
    for row in answer["rows"]:
        typer.echo(visible(row))
    for warning in answer["warnings"]:
        typer.echo(visible(f"warning: {warning}"), err=True)


@ctl.command("trace")
@with_options(*_SHARED)
def trace(
    common: CommonOptions,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write, FILE.jsonl.")],
    url: Url = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Overwrite what already exists.")] = False,
) -> None:
    """Save the readings, decisions and lines of the last half minute, with reasons; needs reading.trace = true."""
    from capture_daemon.tracing import trace_records  # noqa: PLC0415

    trace_records.check(output, overwrite=overwrite)
    [answer] = _ask(common, url, {"do": "trace"})
    trace_records.write(output, trace_records.as_jsonl(answer["records"]))
    typer.echo(f"{output}: {len(answer['records'])} decisions and lines")


def _ask(common: CommonOptions, url: str | None, *requests: dict[str, Any]) -> list[dict[str, Any]]:
    import asyncio  # noqa: PLC0415 - imported only in the command, as all that is slow

    from capture_daemon.cli import remote  # noqa: PLC0415

    return asyncio.run(remote.ask(common.reach(url), *requests))
