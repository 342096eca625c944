"""Running the daemon that captures, as `run` and `setup` do."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from capture_daemon.common import output_streams, signals

if TYPE_CHECKING:
    from capture_daemon.config.models import Configuration
    from capture_daemon.config.source import ConfigSource


def prepare() -> None:
    """What has to come first in a process that captures for hours."""
    signals.end_at_once(0)
    output_streams.unblock()
    from capture_daemon.common import allocator  # noqa: PLC0415 - `--help` must not wait for it

    allocator.return_large_blocks()


def capture(  # noqa: PLR0913 - the ways in which it can be run
    configuration: Configuration,
    config_source: ConfigSource,
    *,
    realtime: bool = False,
    follow: bool = False,
    setup: bool = False,
    on_ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Capture until the source ends or the program is stopped; lines are printed where somebody reads them.

    `on_ready` is called with the server's address, after the readiness line. Must not block.
    """
    from capture_daemon.cli.output import console, entry_text  # noqa: PLC0415
    from capture_daemon.cli.serving import print_ready, run_until_stopped  # noqa: PLC0415
    from capture_daemon.daemon.daemon import Daemon  # noqa: PLC0415
    from capture_daemon.daemon.sd_notify import Service, ServiceManager  # noqa: PLC0415
    from capture_daemon.records import Entry  # noqa: PLC0415

    printed = console() if sys.stdout.isatty() else None

    def show(entry: Entry) -> None:
        if printed is not None:
            printed.print(entry_text(entry))

    def make(notify_manager: Callable[[], None]) -> Daemon:
        def ready(address: str) -> None:
            print_ready(address)
            on_ready(address)
            notify_manager()

        return Daemon(
            configuration,
            realtime=realtime,
            config_source=config_source,
            follow=follow,
            setup=setup,
            on_ready=ready,
            on_line=show,
        )

    run_until_stopped(lambda: Service(ServiceManager.of(os.environ), make))
