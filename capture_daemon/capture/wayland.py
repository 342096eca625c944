"""The screen or window of a Wayland session that the user chooses in the desktop's own dialog."""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import replace

import numpy as np

from capture_daemon.capture import screen_choice
from capture_daemon.capture.base import SourceSettings, StatusCallback
from capture_daemon.capture.limits import check_size
from capture_daemon.capture.pipewire_stream import PipeWireStream, stream_class
from capture_daemon.capture.polled import Grab, PolledSource, Resized
from capture_daemon.capture.portal import NotChosenError, Portal, PortalStream, SessionClosedError
from capture_daemon.capture.screen_choice import ScreenChoice
from capture_daemon.capture.window_extent import WindowExtent
from capture_daemon.errors import ConfigurationError, RegionError, SourceError
from capture_daemon.frames import Box, ColourImage, Frame, Regions, Size

DIALOG_LIMIT = 120.0
"""Seconds that a user at the terminal has for the desktop's dialog."""
OPENING_LIMIT = 40.0
"""Seconds that the rest of the first opening may take."""
LOOK_INTERVAL = 1.0
"""Seconds between two looks at whether another screen was chosen, and at how large a window is."""
AGAIN = f"choose again: {screen_choice.COMMAND}"

logger = logging.getLogger(__name__)


class WaylandSource(PolledSource):
    """Looks at what the user has chosen. The desktop is asked to ask only at the first opening, on a terminal.

    After a loss a monitor is tried again with the token that the desktop gave. Where that may make it ask, another
    choice is waited for: a window that was lost, a capture that the user ended, a token that has become void.
    """

    reopens = False
    unattended_limit = 10.0
    """Seconds until the desktop has restored a choice; by then it is asking, and its dialog is closed again."""

    def __init__(
        self, name: str, regions: Regions | None, settings: SourceSettings, on_status: StatusCallback, hint: str = ""
    ) -> None:
        """`hint` is added to what the first opening raises."""
        super().__init__(name, regions, settings, on_status)
        self._hint = hint
        self._may_ask = sys.stdin is not None and sys.stdin.isatty()
        self.open_limit = OPENING_LIMIT + (DIALOG_LIMIT if self._may_ask else 0)
        self._must_choose: str | None = None
        self._other_choice = False
        self._lost_names: set[str] = set()
        self._stamp: tuple[int, int] | None = None

    def _session(self) -> Generator[Frame, None, None]:
        try:
            stream_class()
            choice, limit = self._permission()
            self._may_ask = False
            with Portal(self._attend) as portal:
                try:
                    with self._explained(choice):
                        chosen = self._choose(portal, choice, limit)
                    with self._explained(self._keep(choice, chosen)):
                        yield from self._pictures(portal, chosen)
                finally:
                    self._lost_names |= portal.lost
        except SourceError as error:
            if self._opened or not self._hint:
                raise
            raise type(error)(f"{error} ({self._hint})") from error

    def _pictures(self, portal: Portal, chosen: PortalStream) -> Generator[Frame, None, None]:
        extent = WindowExtent() if chosen.window else None
        with PipeWireStream(portal.open_pipewire(), chosen.node) as stream:
            picture = stream.first(self._attend)
            self._other_choice = False
            while not (self._stop.is_set() or self._renew or self._other_choice):
                size = extent.look(picture) if extent is not None else _size(picture)
                check_size(self.name, size, self._settings.max_pixels)
                try:
                    yield from self._polled(size, self._grab(portal, stream, _size(picture), extent))
                except RegionError as error:
                    if not self._opened:
                        raise
                    self._hide(str(error))
                picture = _newest(portal, stream)

    def _grab(self, portal: Portal, stream: PipeWireStream, whole: Size, extent: WindowExtent | None) -> Grab:
        """What grabs a box of pictures that have the size `whole`."""
        look_again = time.monotonic() + LOOK_INTERVAL

        def grab(box: Box) -> bytes:
            nonlocal look_again
            picture = _newest(portal, stream)
            if _size(picture) != whole:
                raise Resized
            if time.monotonic() >= look_again:
                look_again = time.monotonic() + LOOK_INTERVAL
                self._other_choice = self._chosen_anew() is not None
                if self._other_choice or (extent is not None and extent.size != extent.look(picture)):
                    raise Resized
            # A part is made contiguous first: `tobytes` copies one that isn't value by value.
            return np.ascontiguousarray(picture[box.top : box.bottom, box.left : box.right]).tobytes()

        return grab

    def _permission(self) -> tuple[ScreenChoice | None, float]:
        """The choice to begin with, and how long the desktop may take: long if it may ask.

        Waits for a choice if one must be made; raises SourceError if none was made before the first opening.
        """
        choice = self._read()
        if self._may_ask:
            return choice, DIALOG_LIMIT
        reason = self._must_choose
        if choice is None:
            reason = reason or f"no screen or window was chosen for it: choose one: {screen_choice.COMMAND}"
        elif choice.window:
            reason = reason or f"the desktop may ask again for a window: {AGAIN}"
        if reason is not None and not (choice is not None and choice.fresh):
            if not self._opened:
                raise SourceError(reason)
            choice = self._waited_for(reason)
        self._must_choose = None
        return self._used(choice), self.unattended_limit

    def _used(self, choice: ScreenChoice | None) -> ScreenChoice | None:
        """The choice, which from now on is no longer fresh, for other daemons as well."""
        if choice is None or not choice.fresh:
            return choice
        used = replace(choice, fresh=False)
        self._replace(choice, used)
        return used

    def _waited_for(self, reason: str) -> ScreenChoice:
        """Wait until another screen or window is chosen; raises SourceError if the source is closed."""
        self._trouble = reason if self.name in reason else f"{self.name}: {reason}"
        self._call(self._set_status, "waiting", self._trouble)
        while (choice := self._chosen_anew()) is None:
            self._attend()
            self._idle(LOOK_INTERVAL)
        return choice

    def _choose(self, portal: Portal, choice: ScreenChoice | None, limit: float) -> PortalStream:
        if choice is None:
            logger.info("choose in the desktop's dialog which screen or window is captured")
        portal.require(self._lost_names)
        try:
            return portal.choose(choice.token if choice is not None else None, limit)
        except NotChosenError:
            # The desktop would ask each time.
            self._replace(choice, None)
            raise

    def _keep(self, before: ScreenChoice | None, chosen: PortalStream) -> ScreenChoice:
        """Keep the newest token, in place of the one before."""
        if chosen.token is None:
            return ScreenChoice("", chosen.window)
        kept = ScreenChoice(chosen.token, chosen.window)
        if kept != before:
            self._replace(before, kept)
        return kept

    @contextlib.contextmanager
    def _explained(self, choice: ScreenChoice | None) -> Iterator[None]:
        """A context in which what ends a capture says so if it can go on only with another choice."""
        try:
            yield
        except SourceError as error:
            restorable = choice is not None and bool(choice.token) and not choice.window
            if isinstance(error, NotChosenError | SessionClosedError) or (self._opened and not restorable):
                self._must_choose = f"{error}: {AGAIN}"
                raise type(error)(self._must_choose) from error
            raise

    def _read(self) -> ScreenChoice | None:
        file = self._settings.screen_choice_file
        self._stamp = screen_choice.stamp(file)
        try:
            return screen_choice.read(file)
        except ConfigurationError as error:
            if self._opened:
                raise SourceError(str(error)) from error
            raise

    def _replace(self, before: ScreenChoice | None, choice: ScreenChoice | None) -> None:
        file = self._settings.screen_choice_file
        if file is None:
            return
        try:
            screen_choice.replace(file, before, choice)
        except ConfigurationError as error:
            logger.warning("%s", error)
        self._stamp = screen_choice.stamp(file)

    def _chosen_anew(self) -> ScreenChoice | None:
        """What somebody has chosen since this source last read or wrote its choice."""
        stamp = screen_choice.stamp(self._settings.screen_choice_file)
        if stamp is None or stamp == self._stamp:
            return None
        try:
            choice = self._read()
        except (SourceError, ConfigurationError) as error:
            logger.warning("%s", error)
            return None
        return choice if choice is not None and choice.fresh else None

    def _attend(self) -> None:
        """A step while the desktop is waited for."""
        self._step()
        if self._stop.is_set():
            raise SourceError("the source is being closed")


def _newest(portal: Portal, stream: PipeWireStream) -> ColourImage:
    """The newest picture; raises SessionClosedError or ServerGoneError if there will be no other."""
    try:
        portal.check()
    except SessionClosedError:
        # A compositor whose PipeWire has gone ends the capture.
        stream.picture()
        raise
    return stream.picture()


def _size(picture: ColourImage) -> Size:
    return Size(picture.shape[1], picture.shape[0])
