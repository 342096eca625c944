"""The command line: `main` parses, calls, and turns every error into one line and an exit code."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

import capture_daemon
from capture_daemon.cli.companion import companion
from capture_daemon.cli.companion_init import companion_init
from capture_daemon.cli.compare import compare
from capture_daemon.cli.ctl import ctl
from capture_daemon.cli.demo import demo
from capture_daemon.cli.doctor import doctor
from capture_daemon.cli.export import export
from capture_daemon.cli.extract import extract
from capture_daemon.cli.models import models
from capture_daemon.cli.parser import HELP_NAMES, called_path, complaint, parser
from capture_daemon.cli.profile import profile
from capture_daemon.cli.run import run
from capture_daemon.cli.screen_choice import choose_screen, forget_screen
from capture_daemon.cli.service import service
from capture_daemon.cli.setup import setup
from capture_daemon.cli.snapshot import snapshot
from capture_daemon.cli.trace import cut_testcase, trace
from capture_daemon.cli.tune import tune
from capture_daemon.cli.watch import watch
from capture_daemon.cli.windows import windows
from capture_daemon.common import output_streams
from capture_daemon.common.visible import one_line
from capture_daemon.daemon import logs
from capture_daemon.errors import CaptureDaemonError

PROGRAM = "capture-daemon"
FIRST = """Three commands to begin with:
  capture-daemon demo                 see it at work on a sample clip, for a minute
  capture-daemon doctor               see what works on this machine, and how to fix what doesn't
  capture-daemon run --region auto    read the game on the screen; its lines are printed, logged and served
"""
"""What is printed below the help where no command is given."""

app = typer.Typer(
    name=PROGRAM,
    help="What a game's characters say on screen, as a live stream of clean dialogue lines.",
    pretty_exceptions_enable=False,
    # Not the default: its markup takes [llm] for a style, and leaves it out.
    rich_markup_mode="markdown",
    context_settings={"help_option_names": HELP_NAMES},
)
for command in (
    run,
    setup,
    extract,
    export,
    demo,
    watch,
    companion,
    companion_init,
    tune,
    compare,
    snapshot,
    trace,
    windows,
    doctor,
):
    app.command()(command)
app.command("choose-screen")(choose_screen)
app.command("forget-screen")(forget_screen)
app.command("testcase")(cut_testcase)
app.add_typer(models, name="models")
app.add_typer(profile, name="profile")
app.add_typer(ctl, name="ctl")
app.add_typer(service, name="service")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {capture_daemon.__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def program(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """What a game's characters say on screen, as a live stream of clean dialogue lines."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        typer.echo(FIRST, nl=False)


def main() -> None:
    """The program: `sys.argv` in, an exit code out."""
    sys.exit(call(sys.argv[1:]))


def call(arguments: Sequence[str], commands: typer.Typer = app, name: str = PROGRAM) -> int:
    """Run one command; returns its exit code, after printing any error on standard error."""
    try:
        return _call(arguments, commands, name)
    finally:
        # The daemon's streams never block: write what is still queued, if anyone reads it.
        output_streams.restore()


def _call(arguments: Sequence[str], commands: typer.Typer, name: str) -> int:
    try:
        code = parser(commands)(args=list(arguments), prog_name=name, standalone_mode=False)
    except CaptureDaemonError as error:
        return _print_error(name, str(error), error.exit_code)
    except TyperException as error:
        message = complaint(called_path(commands, name, arguments), error, arguments)
        return error.exit_code if message is None else _print_error(name, message, error.exit_code)
    except ImportError as error:
        from capture_daemon.ocr.missing import explain_missing  # noqa: PLC0415 - only if something is missing

        logging.getLogger(__name__).debug("an import failed", exc_info=error)
        missing = explain_missing(error)
        return _print_error(name, str(missing), missing.exit_code)
    except BrokenPipeError:
        # The reader of standard output has gone; nothing may be written there when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:
        logging.getLogger(__name__).exception("unexpected error: please report it with the traceback below")
        return 1
    return code if isinstance(code, int) else 0


def _print_error(name: str, message: str, code: int) -> int:
    before = logs.prefix(logging.ERROR, sys.stderr)
    sys.stderr.write(f"{before}{name}: error: {one_line(message)}\n")
    return code
