"""Following known games: the profile in use is that of the game which has a window."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace

from capture_daemon.capture.display import wayland_session
from capture_daemon.capture.window_list import WindowList, list_windows
from capture_daemon.capture.window_name import Wanted
from capture_daemon.config.games import FOLLOWING, KnownGame, ProfileFolder, Profiles
from capture_daemon.config.source import ConfigSource
from capture_daemon.errors import CaptureDaemonError, SourceError
from capture_daemon.linelog.log_thread import LogThread

ROUND = 1.0
"""Seconds between two looks at the windows there are, 0.5 to 5: a look costs about a millisecond."""
CLOSED_AFTER = 5.0
"""Seconds without a window after which a game counts as closed, 2 to 10: some open another one to fill the screen."""
EVERYWHERE = "0.0,0.0,1.0,1.0"
"""The region while there is nothing to look at."""
MOST_NAMED = 12
"""Profiles that a message names: it is one line."""

logger = logging.getLogger(__name__)


def without_game(config_source: ConfigSource) -> ConfigSource:
    """The configuration while no game is followed."""
    return replace(
        config_source,
        profile=None,
        overrides={**config_source.overrides, "source.name": FOLLOWING, "regions.dialogue": EVERYWHERE},
    )


def with_game(config_source: ConfigSource, profile: str) -> ConfigSource:
    """The configuration while the game of that profile is followed; options other than those win over it."""
    return replace(config_source, profile=profile)


def choose(
    games: Sequence[KnownGame], there: WindowList, current: str | None, before: Collection[int]
) -> KnownGame | None:
    """The game to follow; None where no known one has a window.

    The one that has the focus; else one whose window is not among `before`, the numbers of those there at the last
    look; else the one followed so far, by its profile's name; else the one whose window was opened last. Where several
    profiles match a window, the one that says most about it.
    """
    game_of: dict[int, KnownGame] = {}
    for game in sorted(games, key=_precision):
        for window in Wanted.parse(game.source.removeprefix("window:")).matches(there.windows):
            game_of.setdefault(window.number, game)
    if there.focused is not None and there.focused in game_of:
        return game_of[there.focused]
    known = [window.number for window in there.windows if window.number in game_of]
    fresh = [number for number in known if number not in before]
    if fresh:
        return game_of[fresh[-1]]
    if any(game.profile == current for game in game_of.values()):
        return next(game for game in game_of.values() if game.profile == current)
    return game_of[known[-1]] if known else None


def _precision(game: KnownGame) -> tuple[bool, int, int, str]:
    title, class_name = game.match.title or "", game.match.class_name or ""
    return not (title and class_name), -len(title), -len(class_name), game.profile


class GameFollower:
    """Looks at the windows there are, and has the profile of the game among them used.

    Args:
        config_source: The configuration file and the command line's options.
        use: Have another configuration used; may raise CaptureDaemonError, and then nothing has changed.
        say: Report why nothing is captured.

    """

    def __init__(
        self,
        config_source: ConfigSource,
        use: Callable[[ConfigSource], Awaitable[None]],
        say: Callable[[str], None],
    ) -> None:
        self._config_source = config_source
        self._use = use
        self._say = say
        self._folder = ProfileFolder(config_source.path)
        self._current: KnownGame | None = None
        self._before: frozenset[int] = frozenset()
        self._seen = 0.0
        self._reported: set[str] = set()
        self._trouble: str | None = None

    async def run(self) -> None:
        """Follow until cancelled."""
        thread = LogThread("follow known games")
        try:
            while True:
                profiles, there = await thread.run(self._look)
                await self._follow(profiles, there)
                await asyncio.sleep(ROUND)
        finally:
            thread.end()

    def _look(self) -> tuple[Profiles, WindowList | SourceError]:
        profiles = self._folder.look()
        try:
            return profiles, list_windows()
        except SourceError as error:
            return profiles, error

    async def _follow(self, profiles: Profiles, there: WindowList | SourceError) -> None:
        for fault in set(profiles.faults) - self._reported:
            logger.warning("%s: the profile is left out until it can be read", fault)
        self._reported = set(profiles.faults)
        if isinstance(there, SourceError):
            await self._none(str(there))
            return
        games, current = profiles.games, self._current
        if current is not None and current.profile in profiles.broken:
            # Somebody is writing it: what was read before goes on.
            games = (*games, current)
        game = choose(games, there, current.profile if current else None, self._before)
        self._before = frozenset(window.number for window in there.windows)
        if game is None:
            await self._none(_nothing(profiles))
            return
        self._seen = time.monotonic()
        if game == self._current:
            return
        try:
            await self._use(with_game(self._config_source, game.profile))
        except CaptureDaemonError as error:
            self._report(f"{game.profile}: can't be followed: {error}")
            return
        self._current, self._trouble = game, None
        logger.info("following %s: %s", game.profile, game.source)

    async def _none(self, why: str) -> None:
        """No known game has a window, or that can't be seen."""
        if self._current is not None:
            if time.monotonic() - self._seen < CLOSED_AFTER:
                return
            try:
                await self._use(without_game(self._config_source))
            except CaptureDaemonError as error:
                self._report(f"{self._current.profile} was closed, but is still waited for: {error}")
                return
            logger.info("%s was closed", self._current.profile)
            self._current = self._trouble = None
        self._report(why)

    def _report(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            (logger.info if self._current is None else logger.warning)("%s", trouble)
            self._say(trouble)


def _nothing(profiles: Profiles) -> str:
    names = [game.profile for game in profiles.games]
    if not names:
        return "no profile names its game's window: make one by `capture-daemon profile new NAME`"
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    unseen = "; in a Wayland session only windows of X11 programs are seen" if wayland_session() else ""
    return f"no known game has a window: there are profiles for {', '.join(names[:MOST_NAMED])}{more}{unseen}"
