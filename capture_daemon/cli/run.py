"""`capture-daemon run`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from capture_daemon.cli.capturing import capture, prepare
from capture_daemon.cli.options import SHARED, CommonOptions, with_options

if TYPE_CHECKING:
    from capture_daemon.config.models import Configuration


@with_options(*SHARED)
def run(
    common: CommonOptions,
    realtime: Annotated[bool, typer.Option("--realtime", help="Play a recording at its own pace.")] = False,
) -> None:
    """Capture lines from a source, log them and serve them, until it ends or is stopped by Ctrl-C."""
    prepare()
    configuration, config_source = common.load(), common.config_source()
    # Imported only now, as in every command: `--help` must not wait for OpenCV.
    from capture_daemon.config.games import is_following_wanted  # noqa: PLC0415

    if is_following_wanted(config_source):
        from capture_daemon.daemon.following import without_game  # noqa: PLC0415

        capture(without_game(config_source).load(), config_source, realtime=realtime, follow=True)
    elif _is_setup_wanted(configuration):
        from capture_daemon.cli.setup import set_up  # noqa: PLC0415

        set_up(config_source, browser=True)
    else:
        capture(configuration, config_source, realtime=realtime)


def _is_setup_wanted(configuration: Configuration) -> bool:
    """Whether no region is set, and somebody at the terminal wants to choose one in the browser."""
    if configuration.regions.dialogue is not None or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    from capture_daemon.capture import SourceSettings, open_source  # noqa: PLC0415

    if not open_source(configuration.source.name, None, SourceSettings(), lambda state, detail: None).live:
        return False
    return typer.confirm("No dialogue region is set. Set the game up in the browser?", default=True, err=True)
