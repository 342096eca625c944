"""`capture-daemon choose-screen` and `capture-daemon forget-screen`."""

from __future__ import annotations

from pathlib import Path

import typer

from capture_daemon.cli.options import CommonOptions, with_options
from capture_daemon.common import signals

DIALOG_LIMIT = 300.0
"""Seconds that the user has for the dialog."""
INTERRUPTED = 130


@with_options("config", "profile")
def choose_screen(common: CommonOptions) -> None:
    """Choose the screen or window that `--source wayland` captures, in the desktop's own dialog."""
    signals.end_at_once(INTERRUPTED)
    file = _file(common)
    from capture_daemon.capture import screen_choice  # noqa: PLC0415
    from capture_daemon.capture.portal import Portal  # noqa: PLC0415
    from capture_daemon.errors import SourceError  # noqa: PLC0415

    with Portal(lambda: None) as portal:
        if not portal.abilities().remembers:
            raise SourceError(
                "this desktop's portal is too old to keep a choice: start `capture-daemon run --source wayland` on a "
                "terminal, and choose each time"
            )
        typer.echo("choose in the desktop's dialog which screen or window is captured")
        chosen = portal.choose(None, DIALOG_LIMIT)
    if chosen.token is None:
        raise SourceError("the desktop doesn't keep this choice: allow it in the dialog, if it asks there")
    screen_choice.write(file, screen_choice.ScreenChoice(chosen.token, chosen.window, fresh=True))
    typer.echo(f"{'a window' if chosen.window else 'a screen'} was chosen; kept in {file}")


@with_options("config", "profile")
def forget_screen(common: CommonOptions) -> None:
    """Remove the choice saved by choose-screen; a running capture continues."""
    file = _file(common)
    from capture_daemon.capture import screen_choice  # noqa: PLC0415

    if screen_choice.forget(file):
        typer.echo(f"removed {file}; a capture that is running goes on until you stop it")
    else:
        typer.echo("there is no choice to forget; a capture that is running goes on until you stop it")


def _file(common: CommonOptions) -> Path:
    return common.load().source.screen_choice_file
