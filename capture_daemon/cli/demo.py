"""`capture-daemon demo`."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from capture_daemon.cli.options import CommonOptions, with_options
from capture_daemon.common import output_streams, signals
from capture_daemon.ocr.languages import canonical

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from capture_daemon.config.models import ServerTable
    from capture_daemon.pipeline.stats import RunStats
    from capture_daemon.records import Entry, Line


_SAMPLES = {"ko": "sample-ko"}
"""The clip for a language that the usual one, in English, Japanese and Chinese, does not show."""
_ABOUT = {"sample": "A sample clip of 50 seconds", "sample-ko": "A sample clip of 17 seconds"}


@with_options("engine", "language", "log", "host", "port", "token_file", "log_level")
def demo(common: CommonOptions) -> None:
    """Run the whole daemon on a bundled sample clip; takes a minute and needs no setup."""
    signals.end_at_once(0)
    output_streams.unblock()
    from importlib import resources  # noqa: PLC0415 - imported only in the command, as all that is slow

    from capture_daemon.cli.output import console  # noqa: PLC0415
    from capture_daemon.cli.serving import print_ready, run_until_stopped  # noqa: PLC0415
    from capture_daemon.daemon.daemon import Daemon  # noqa: PLC0415
    from capture_daemon.records import Line  # noqa: PLC0415

    with resources.as_file(resources.files("capture_daemon.demo")) as folder:
        given = common.overrides
        sample = _SAMPLES.get(canonical(str(given.get("ocr.language", ""))), "sample")
        overrides = {"source__name": str(folder / f"{sample}.mp4"), "log__path": given.get("log.path") or _log_path()}
        # The packaged regions, not the user's: the clip is no game of theirs.
        settings = CommonOptions(folder / f"{sample}.toml", None, {"logging.level": "warning", **given})
        configuration = settings.load(**overrides)
        configuration = configuration.model_copy(update={"server": _free(configuration.server)})
        output = console()
        output.print(f"{_ABOUT[sample]}, read as if it were a game on screen; Ctrl-C ends it.", style="bold")
        output.print(f"log: {configuration.log.path}")
        output.print("loading the OCR model …", style="dim")
        shown = _Shown(output)

        def make() -> Daemon:
            def show(entry: Entry) -> None:
                # The clips have no menus.
                if isinstance(entry, Line):
                    shown.show(entry, daemon.delay or 0.0)

            daemon = Daemon(configuration, realtime=True, load_first=True, on_ready=print_ready, on_line=show)
            return daemon

        stats = run_until_stopped(make)
        output.print(_summary(stats, shown.delays, configuration.log.path))


class _Shown:
    """Prints lines as they are said, and remembers how late they were."""

    def __init__(self, output: Console) -> None:
        self.delays: list[float] = []
        self._output = output

    def show(self, line: Line, delay: float) -> None:
        self.delays.append(delay)
        self._output.print(_line(line, delay))


def _line(line: Line, delay: float) -> Text:
    from rich.text import Text  # noqa: PLC0415

    from capture_daemon.cli.output import speaker_style  # noqa: PLC0415

    text = Text(f"{line.media_time or 0.0:6.1f} s  ", style="dim")
    text.append(f"+{delay:.2f} s  ", style="not dim green" if delay < 1 else "not dim yellow")
    if line.replaces is not None:
        text.append("(corrected) ", style="italic")
    if line.speaker:
        text.append(f"{line.speaker}: ", style=f"not dim {speaker_style(line.speaker)}")
    return text.append(line.text, style="default not dim")


def _summary(stats: RunStats, delays: list[float], log: Path) -> str:
    import statistics  # noqa: PLC0415

    from capture_daemon.common.counting import counted, lines_and_choices  # noqa: PLC0415

    passes = stats.passes_per_row()
    parts = [
        lines_and_choices(stats.lines, stats.choices) + (f" ({stats.corrected} corrected)" if stats.corrected else ""),
        counted(stats.passes, "OCR pass") + (f", {passes:.2f} a row" if passes is not None else ""),
    ]
    if stats.processor is not None:
        parts.append(f"processor {stats.processor:.2f} of a core")
    if delays:
        parts.append(f"delay {statistics.median(delays):.2f} s (median), {max(delays):.2f} s (longest)")
    return f"\n{' · '.join(parts)}\nthe log is {log}"


def _free(server: ServerTable) -> ServerTable:
    """The server's settings, with a free port where the usual one is taken and none was asked for."""
    from capture_daemon.config.models import ServerTable  # noqa: PLC0415
    from capture_daemon.errors import AddressError  # noqa: PLC0415
    from capture_daemon.server.listen import listening_sockets  # noqa: PLC0415

    if server.port != ServerTable().port:
        return server
    try:
        sockets = listening_sockets(server.host, server.port, others_let_in=server.token_file is not None)
    except AddressError:
        return server.model_copy(update={"port": 0})
    for listener in sockets:
        listener.close()
    return server


def _log_path() -> str:
    """A file of its own, in the user's folder for state; in a temporary one if that can't be written."""
    name = f"demo-{datetime.now().astimezone():%Y%m%d-%H%M%S}.jsonl"
    import tempfile  # noqa: PLC0415

    base = Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser() / "capture-daemon"
    try:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=base):
            return str(base / name)
    except OSError:
        return str(Path(tempfile.mkdtemp(prefix="capture-daemon-")) / name)
