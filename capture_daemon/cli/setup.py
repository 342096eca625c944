"""`capture-daemon setup`."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from capture_daemon.cli.capturing import capture, prepare
from capture_daemon.cli.options import CommonOptions, with_options

if TYPE_CHECKING:
    from capture_daemon.config.source import ConfigSource

_SHARED = ("config", "language", "engine", "log", "host", "port", "token_file", "log_level")


@with_options(*_SHARED)
def setup(
    common: CommonOptions,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser, where there is a desktop.")
    ] = True,
) -> None:
    """Set up a game on a page in the browser: what to capture, its regions, its profile; then capture it."""
    prepare()
    common.load()
    set_up(common.config_source(), browser=browser)


def set_up(config_source: ConfigSource, *, browser: bool) -> None:
    """Serve the page at /setup, and capture once it says so; the process is prepared to capture."""
    from capture_daemon.daemon.following import without_game  # noqa: PLC0415

    def ready(address: str) -> None:
        page = f"http{address.removeprefix('ws')}/setup"
        sys.stderr.write(f"set up a game at {page}\n")
        sys.stderr.flush()
        if browser and _has_desktop():
            # Starting a browser may block until it runs.
            threading.Thread(target=_open, args=(page,), name="open the browser", daemon=True).start()

    configuration = without_game(config_source).load()
    capture(configuration, config_source, setup=True, on_ready=ready)


def _has_desktop() -> bool:
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open(page: str) -> None:
    import webbrowser  # noqa: PLC0415 - `--help` must not wait for it

    try:
        opened = webbrowser.open(page)
    except webbrowser.Error:
        opened = False
    if not opened:
        sys.stderr.write("no browser could be opened: open that address yourself\n")
