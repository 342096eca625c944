"""How lines look in a terminal."""

from __future__ import annotations

import sys
import zlib
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from capture_daemon.common.visible import visible
from capture_daemon.records import Choice, Entry, Line

if TYPE_CHECKING:
    from collections.abc import Iterable

_COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "bright_red")


def console(*, errors: bool = False) -> Console:
    """Standard output, or standard error, as it is: nothing in a line is taken for markup."""
    stream = sys.stderr if errors else sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")  # a terminal that isn't UTF-8 gets question marks, not a traceback
    return _VisibleConsole(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)


class _VisibleConsole(Console):
    """Whatever is printed: its control characters are shown, and never sent. What rich itself sends is no text."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(visible(segment.text, keep="\n"), segment.style)


def speaker_style(speaker: str) -> str:
    """A colour of one's own for each name, the same every time."""
    return f"bold {_COLOURS[zlib.crc32(speaker.encode('utf-8', 'replace')) % len(_COLOURS)]}"


def clock(line: Entry) -> str:
    """The time of day of a line, where the reader is; dashes where its time is none, which a feed may send."""
    try:
        return datetime.fromisoformat(line.time).astimezone().strftime("%H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return "--:--:--"


def line_text(line: Line) -> Text:
    """A line with its time and its speaker; one that corrects another says so."""
    text = Text(f"{clock(line)}  ", style="dim")
    if line.replaces is not None:
        text.append("(corrected) ", style="dim italic")
    if line.speaker:
        text.append(f"{visible(line.speaker)}: ", style=speaker_style(line.speaker))
    return text.append(visible(line.text), style="default not dim")


def choice_text(choice: Choice) -> Text:
    """A menu with its time and its options; the one that was chosen stands out."""
    text = Text(f"{clock(choice)}  ", style="dim")
    for number, option in enumerate(choice.options, 1):
        if number > 1:
            text.append("  ", style="default not dim")
        chosen = number == choice.chosen
        text.append(f"{'▸' if chosen else '·'} {visible(option)}", style="bold not dim" if chosen else "dim")
    return text


def entry_text(entry: Entry) -> Text:
    """A line or a choice, as it is printed."""
    if isinstance(entry, Choice):
        return choice_text(entry)
    assert isinstance(entry, Line)
    return line_text(entry)
