"""Which window `window:…` stands for, chosen from the windows there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from capture_daemon.errors import SourceError

MOST_LISTED = 12
"""Windows that an error lists: it is one line."""
LONGEST_TITLE = 60
"""Characters of a title that an error shows."""

_HOW = "write window:TITLE, window:class=CLASS or window:pid=NUMBER, as `capture-daemon windows` lists them"


@dataclass(frozen=True, slots=True)
class Window:
    """A program's window: its number on the display, title, the two parts of its class, and its process where known."""

    number: int
    title: str
    instance: str
    class_name: str
    process: int | None

    def __str__(self) -> str:
        title = self.title if len(self.title) <= LONGEST_TITLE else f"{self.title[:LONGEST_TITLE]}…"
        process = "" if self.process is None else f", pid={self.process}"
        return f"{title!r} (class={self.class_name or self.instance or '-'}{process})"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a window is looked for by; a title also by its class, where `class_name` is not empty."""

    kind: Literal["title", "class", "pid", "id"]
    text: str
    class_name: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what stands after `window:`; raises SourceError if that names no window."""
        kind, equals, rest = text.partition("=")
        both = re.fullmatch(r"class=(.+?),title=(.*)", text, re.DOTALL)
        if both is not None:
            wanted = cls("title", both[2].strip(), both[1].strip())
        elif equals and kind == "class":
            wanted = cls("class", rest.strip())
        elif equals and kind == "title":
            wanted = cls("title", rest.strip())
        elif equals and kind == "pid":
            wanted = cls("pid", _number(text, rest, "process"))
        elif equals and kind == "id":
            wanted = cls("id", _number(text, rest, "window's number"))
        else:
            wanted = cls("title", text.strip())
        if not wanted.text:
            raise SourceError(f"source 'window:{text}' names no window: {_HOW}")
        return wanted

    def choose(self, windows: Sequence[Window], focused: int | None) -> Window:
        """The window that is meant; of several the one that has the focus, by its number.

        A title is looked for as it is, then without regard to case, then as a part of one. Raises SourceError if
        none is meant, or several are.
        """
        meant = self.matches(windows)
        if not meant:
            raise SourceError(f"there is no window {self}: {_there(windows)}")
        chosen = [window for window in meant if window.number == focused] if len(meant) > 1 else meant
        if not chosen:
            raise SourceError(
                f"{len(meant)} windows are called {self}, and none of them has the focus: {_listed(meant)}: "
                "bring the one you mean to the front, or name it by its whole title or its pid"
            )
        return chosen[0]

    def matches(self, windows: Sequence[Window]) -> list[Window]:
        """The windows that are meant: all those of the best kind of match."""
        for matching in self._ways():
            if found := [window for window in windows if matching(window) and self._is_of_class(window)]:
                return found
        return []

    def _is_of_class(self, window: Window) -> bool:
        return not self.class_name or _has_class(window, self.class_name)

    def _ways(self) -> list[Callable[[Window], bool]]:
        folded = self.text.casefold()
        if self.kind == "class":
            return [lambda window: _has_class(window, self.text)]
        if self.kind == "id":
            return [lambda window: window.number == int(self.text)]
        if self.kind == "pid":
            return [lambda window: window.process == int(self.text)]
        return [
            lambda window: window.title == self.text,
            lambda window: window.title.casefold() == folded,
            lambda window: folded in window.title.casefold(),
        ]

    def __str__(self) -> str:
        if self.kind != "title":
            return f"{self.kind}={self.text}"
        return repr(self.text) + (f" of class={self.class_name}" if self.class_name else "")


def _number(text: str, number: str, what: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,18}", number.strip()):
        raise SourceError(f"source 'window:{text}' names no {what}: {_HOW}")
    return number.strip()


def _has_class(window: Window, name: str) -> bool:
    return name.casefold() in (window.class_name.casefold(), window.instance.casefold())


def _there(windows: Sequence[Window]) -> str:
    named = [window for window in windows if window.title or window.class_name]
    return f"there are {_listed(named)}" if named else "no program has a window on this display"


def _listed(windows: Sequence[Window]) -> str:
    more = len(windows) - MOST_LISTED
    return ", ".join(map(str, windows[:MOST_LISTED])) + (f" and {more} more" if more > 0 else "")
