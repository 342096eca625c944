"""`capture-daemon run`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from capture_daemon.cli.options import SHARED, CommonOptions, with_options
from capture_daemon.common import allocator, output_streams, signals


@with_options(*SHARED)
def run(
    common: CommonOptions,
    realtime: Annotated[bool, typer.Option("--realtime", help="Play a recording at its own pace.")] = False,
) -> None:
    """Capture lines from a source, log them and serve them, until it ends or is stopped by Ctrl-C."""
    signals.end_at_once(0)
    output_streams.unblock()
    allocator.return_large_blocks()
    configuration, config_source = common.load(), common.config_source()
    # Imported only now, as in every command: `--help` must not wait for OpenCV.
    from capture_daemon.cli.output import console, line_text  # noqa: PLC0415
    from capture_daemon.cli.serving import print_ready, run_until_stopped  # noqa: PLC0415
    from capture_daemon.config.games import is_following_wanted  # noqa: PLC0415
    from capture_daemon.daemon.daemon import Daemon  # noqa: PLC0415
    from capture_daemon.daemon.following import without_game  # noqa: PLC0415
    from capture_daemon.daemon.sd_notify import Service, ServiceManager  # noqa: PLC0415
    from capture_daemon.records import Line  # noqa: PLC0415

    follow = is_following_wanted(config_source)
    if follow:
        configuration = without_game(config_source).load()
    printed = console() if sys.stdout.isatty() else None

    def show(line: Line) -> None:
        if printed is not None:
            printed.print(line_text(line))

    def make(notify_manager: Callable[[], None]) -> Daemon:
        def ready(address: str) -> None:
            print_ready(address)
            notify_manager()

        return Daemon(
            configuration,
            realtime=realtime,
            config_source=config_source,
            follow=follow,
            on_ready=ready,
            on_line=show,
        )

    run_until_stopped(lambda: Service(ServiceManager.of(os.environ), make))
