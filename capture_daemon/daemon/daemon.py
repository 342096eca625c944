"""The daemon: capture session, log, feed and server in one TaskGroup, until the source ends."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

import capture_daemon
from capture_daemon.capture.base import NOTHING
from capture_daemon.capture.waiting import WaitingSource
from capture_daemon.common import output_streams, time_limit
from capture_daemon.common.allocator import return_small_blocks_regularly
from capture_daemon.config.models import Configuration, ServerTable
from capture_daemon.config.source import ConfigSource
from capture_daemon.daemon.delays import Delays
from capture_daemon.daemon.falling_behind import BehindWarning
from capture_daemon.daemon.following import GameFollower
from capture_daemon.daemon.metrics import Metrics
from capture_daemon.daemon.outputs import Outputs
from capture_daemon.daemon.remote_control import RemoteControl
from capture_daemon.daemon.setting_up import SetupControl
from capture_daemon.daemon.silence import SilenceHint
from capture_daemon.daemon.tee import Tee
from capture_daemon.daemon.web import WebPages, health, picture_page
from capture_daemon.errors import CaptureDaemonError, ConfigurationError, LogError
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.log_thread import LogThread, run_within
from capture_daemon.pictures.keeper import PictureKeeper
from capture_daemon.pipeline.session import CaptureSession
from capture_daemon.pipeline.stats import RunStats
from capture_daemon.records import Entry, Line, Status
from capture_daemon.server.credentials import Credentials
from capture_daemon.server.feed import Feed
from capture_daemon.server.pages import Page
from capture_daemon.server.server import Server
from capture_daemon.server.tokens import leave_page
from capture_daemon.tracing.recent_decisions import Recent

NEXT_START = "log"
"""The table that a reload doesn't apply: its numbers would mean something else from one line to the next."""
NOT_APPLIED = "the configuration is not applied, keeping the previous one"
CREDENTIALS_LIMIT = 5.0
"""Seconds that reading token, certificate and key may take, 1 to 10: as long as a configuration file."""
LOG_CLOSE_LIMIT = 3.0
"""Seconds for the log to be fsynced at the end."""
PICTURES_LIMIT = 20.0
"""Seconds for the pictures that are in hand at the end of a recording, 10 to 60."""
STOPPED_PICTURES_LIMIT = 0.5
"""The same for a daemon that is stopped, which ends within three seconds."""

Result = TypeVar("Result")

logger = logging.getLogger(__name__)


class Daemon:
    """Runs once: from the source to the log and the feed.

    Args:
        configuration: What to capture, and where to log and serve it.
        realtime: Play a recording at its own pace.
        load_first: Open the source only after the model is loaded.
        config_source: Where `reload` reads the configuration again, and where regions are saved.
        follow: Use the profile of whichever known game has a window, by that `config_source`.
        setup: Capture nothing until a game is set up, on the page at /setup; needs a `config_source`.
        on_ready: Called with the server's address, `ws://HOST:PORT` or `wss://HOST:PORT`, once the port is bound, the
            log is open and the first frame has arrived. Must not block.
        on_line: Called with each published line or choice. Must not block.

    """

    def __init__(  # noqa: PLR0913 - what a run may differ in
        self,
        configuration: Configuration,
        *,
        realtime: bool = False,
        load_first: bool = False,
        config_source: ConfigSource | None = None,
        follow: bool = False,
        setup: bool = False,
        on_ready: Callable[[str], None] = lambda address: None,
        on_line: Callable[[Entry], None] = lambda line: None,
    ) -> None:
        """Raises ConfigurationError or SourceError if the configuration is not usable. Opens nothing yet."""
        self._configuration = configuration
        self._metrics = Metrics(capture_daemon.__version__)
        self._recent = Recent(on=configuration.reading.trace)
        self._capture = CaptureSession(configuration, realtime=realtime, observer=self._metrics, note=self._recent.note)
        self._realtime = realtime
        self._config_source = config_source
        self._follow = follow and config_source is not None
        self._setup = setup
        self._applying = asyncio.Lock()
        self._reload_requested = asyncio.Event()
        self._load_first = load_first
        self._on_ready = on_ready
        self._on_line = on_line
        self._log: LineLog | None = None
        self._feed: Feed | None = None
        self._server: Server | None = None
        self._remote_control: RemoteControl | None = None
        self._task: asyncio.Task[object] | None = None
        self._stopped = False
        self._port = self._dropped = 0
        self._last_line: float | None = None
        self._said = asyncio.Event()
        self._delays = Delays()
        self._outputs = Outputs(configuration.output)
        self._pictures: PictureKeeper | None = None
        self.delay: float | None = None
        """Seconds from the last line's last glyph on screen to its publication; None on a recording that isn't played
        at its own pace."""

    @property
    def progress(self) -> float:
        """When the capture loop took its last step, by `time.monotonic`."""
        return self._capture.source.progress

    @property
    def statuses(self) -> list[Status]:
        """How the parts are doing; empty before the feed is there."""
        return self._feed.statuses if self._feed is not None else []

    @property
    def silence(self) -> float | None:
        """Seconds since this run's last line was published; None before the first."""
        return None if self._last_line is None else time.monotonic() - self._last_line

    async def run(self) -> RunStats:
        """Capture until the source ends or `stop` is called; returns what it came to.

        Raises one CaptureDaemonError, whatever went wrong at the same time; what is unforeseen is raised as it is.
        """
        self._task = asyncio.current_task()
        try:
            async with asyncio.TaskGroup() as group:
                loading = group.create_task(self._capture.load(), name="load the model")
                if self._load_first:
                    await loading
                await self._open()
                assert self._feed is not None
                beside = [
                    group.create_task(self._reload_on_request(), name="reload"),
                    group.create_task(return_small_blocks_regularly(), name="return memory"),
                ]
                if self._follow and self._config_source is not None:
                    follower = GameFollower(self._config_source, self.use, self._wait_for_game)
                    beside.append(group.create_task(follower.run(), name="follow known games"))
                hint = SilenceHint(self._capture, self._said, lambda: self.statuses, self._feed.set_status)
                beside.append(group.create_task(hint.run(), name="hint"))
                slow = BehindWarning(self._metrics, lambda: self.statuses, self._feed.set_status)
                beside.append(group.create_task(slow.run(), name="warn of falling behind"))
                if self._setup:
                    await self._capture.pause()
                assert self._pictures is not None
                tee = Tee(self._feed, self._pictures, self._published, lambda: self._capture.shown_at)
                await self._capture.run(tee)
                for task in (loading, *beside):
                    task.cancel()
        except BaseExceptionGroup as group_error:
            raise single_error(group_error) from group_error
        except asyncio.CancelledError:
            if not self._stopped or self._task is None:
                raise
            self._task.uncancel()
        finally:
            stats = self._capture.stats()
            lost = await self._close()
        if lost:
            raise LogError(f"{self._configuration.log.path}: {lost} lines could not be written: make room for the next")
        return stats

    def stop(self) -> None:
        """Finish and log the current line, close the clients with 1001, and let `run` return, within three seconds."""
        if self._stopped:
            return
        self._stopped = True
        if not self._capture.stop() and self._task is not None:
            self._task.cancel()

    def reload(self) -> None:
        """Read the configuration again and apply it; one that can't be used is logged, and the one before is kept."""
        self._reload_requested.set()

    async def _reload_on_request(self) -> None:
        while True:
            await self._reload_requested.wait()
            self._reload_requested.clear()
            try:
                await self._reload()
            except CaptureDaemonError as error:
                if self._server is None:
                    raise
                logger.error("%s: %s", NOT_APPLIED, error)
            except Exception:
                if self._server is None:
                    raise
                # Whatever a file may bring about that nobody foresaw: the daemon that runs has a configuration.
                logger.exception(
                    "%s because of an unexpected error: please report it with the traceback below", NOT_APPLIED
                )

    async def _reload(self) -> None:
        assert self._remote_control is not None
        if self._remote_control.config_source is None:
            raise ConfigurationError("no configuration file to reload")
        async with self._applying:
            await self._apply(self._remote_control.config_source)

    async def use(self, config_source: ConfigSource) -> None:
        """Use another configuration from now on, as a reload does; regions are saved there, too.

        Raises CaptureDaemonError if it can't be used; then everything is as before.
        """
        assert self._remote_control is not None
        async with self._applying:
            await self._apply(config_source)
            self._remote_control.config_source = config_source

    async def _apply(self, config_source: ConfigSource) -> None:
        configuration = await _in_thread(config_source.load, "load the configuration")
        before = self._capture.configuration
        await self._capture.apply(configuration, lambda: self._serve_anew(before.server, configuration.server))
        self._recent.switch(on=configuration.reading.trace)
        self._outputs.configure(configuration.output)
        logging.getLogger(capture_daemon.__name__).setLevel(configuration.logging.level.upper())
        changed = [name for name in type(before).model_fields if getattr(before, name) != getattr(configuration, name)]
        logger.info("the configuration is applied: %s", ", ".join(changed) or "nothing has changed")
        if NEXT_START in changed:
            logger.warning("changes under %s take effect at the next start", NEXT_START)

    def _wait_for_game(self, why: str) -> None:
        if isinstance(self._capture.source, WaitingSource):
            self._capture.source.say(why)

    async def _serve_anew(self, before: ServerTable, settings: ServerTable) -> None:
        """Serve by other settings, or another token or certificate: clients are closed with 1001, and come back.

        Raises ConfigurationError if that can't be; then it is served as before.
        """
        assert self._server is not None
        credentials, known = (
            await _in_thread(lambda: _credentials(settings), "read credentials"),
            self._server.credentials,
        )
        if settings == before and credentials == known:
            return
        port, server, self._server = self._port, self._server, None
        self._dropped += server.too_slow
        await server.close()
        # A port that the system chose is kept: clients come back to it.
        before, same = before.model_copy(update={"port": port}), settings.port == before.port
        try:
            await self._serve(settings.model_copy(update={"port": port}) if same else settings, credentials)
        except ConfigurationError:
            await self._serve(before, known)
            raise
        if credentials != known:
            logger.info("the token and the certificate were reloaded")

    async def _serve(self, settings: ServerTable, credentials: Credentials | None = None) -> Server:
        assert self._feed is not None
        pages = WebPages(self._metrics, self._health, self._picture)
        version = capture_daemon.__version__
        server = Server(self._feed, settings, version, controls=self._remote_control, pages=pages)
        (_, self._port), *_ = await server.start(credentials)
        self._server = server
        if server.credentials is not None and server.credentials.own is not None:
            address = f"http{server.address.removeprefix('ws')}"
            page = await asyncio.to_thread(leave_page, address, server.credentials.own)
            logger.info("programs of other users need the token in %s; open the page by %s", page.parent, page)
        return server

    async def _open(self) -> None:
        # The source and the credentials come first: only the source knows whether the regions lie in the frame, and
        # nothing is to be begun for a configuration that can't be used.
        server = self._configuration.server
        credentials = await _in_thread(lambda: _credentials(server), "read credentials")
        size = await self._capture.open()
        if size != NOTHING:
            logger.info("%s: %s", self._capture.source.name, size)
        settings = self._configuration.log
        self._log = await asyncio.to_thread(LineLog.open, settings.path, settings, waits_for_room=True)
        logger.info("log: %s, stream %s, %d lines", self._log.path, self._log.stream, self._log.latest)
        self._outputs.folder = self._log.path.absolute().parent
        read_ahead = not (self._capture.source.live or self._realtime)
        most = self._configuration.source.max_pixels
        self._pictures = PictureKeeper(settings, self._log.path, self._capture, read_ahead=read_ahead, max_pixels=most)
        self._metrics.on_frames = self._pictures.saw
        self._feed = Feed(self._log, on_status=self._metrics.stands)
        self._feed.begin()
        version = capture_daemon.__version__
        controlled = (self._capture, self._feed, version, self._config_source, self._recent, self._numbers)
        self._remote_control = SetupControl(*controlled, use=self.use) if self._setup else RemoteControl(*controlled)
        self._count(self._log, self._feed)
        serving = await self._serve(server, credentials)
        self._on_ready(serving.address)

    def _count(self, log: LineLog, feed: Feed) -> None:
        """Have the metrics ask for what is counted elsewhere."""
        metrics = self._metrics
        metrics.gauge("clients", "Clients that are connected.", lambda: self._clients)
        metrics.counter("clients_dropped", "Clients closed because they were too slow.", lambda: self._too_slow)
        metrics.gauge("log_bytes", "Size of the log's file that is written now.", lambda: log.size)
        metrics.counter("log_damaged_lines", "Damaged lines that were met in the log.", lambda: log.damaged)
        metrics.gauge("lines_waiting", "Lines that wait until they can be written.", lambda: feed.waiting)
        metrics.counter("lines_dropped", "Lines that were lost because too many waited.", lambda: feed.dropped)

        metrics.counter("messages_dropped", "Messages that standard error did not take.", output_streams.dropped)

    @property
    def _clients(self) -> int:
        return self._server.clients if self._server is not None else 0

    @property
    def _too_slow(self) -> int:
        return self._dropped + (self._server.too_slow if self._server is not None else 0)

    def _numbers(self) -> dict[str, Any]:
        """What `ctl status` shows beside what the capture and the feed say of themselves."""
        return {
            "clients": self._clients,
            "delay": self._delays.summary(),
            "seconds_since_line": None if self.silence is None else round(self.silence, 1),
        }

    def _health(self) -> Page:
        return health(self.statuses, version=capture_daemon.__version__, silence=self.silence)

    async def _picture(self, seq: int, stream: str | None) -> Page:
        assert self._feed is not None
        assert self._pictures is not None
        return await picture_page(self._pictures, self._feed, seq, stream)

    def _published(self, line: Entry, shown_at: float) -> None:
        self._last_line = time.monotonic()
        self._said.set()
        # A recording that is read as fast as it can be was on screen long ago, or will be in an hour.
        waited_for = self._realtime or self._capture.source.live
        self.delay = max(0.0, self._last_line - shown_at) if waited_for else None
        self._metrics.said(self.delay)
        if self.delay is not None and isinstance(line, Line):
            self._delays.add(self.delay)
        self._recent.said(line)
        if isinstance(line, Line):
            self._outputs.said(line)
        self._on_line(line)

    async def _close(self) -> int:
        """Close what was opened, server and worker concurrently; returns the number of lines that were not written."""
        closing = [self._capture.close()]
        if self._server is not None:
            closing.append(self._server.close())
        await asyncio.gather(*closing)
        lost = 0 if self._feed is None else await self._feed.close()
        await self._outputs.close()
        if self._pictures is not None:
            await self._pictures.close(STOPPED_PICTURES_LIMIT if self._stopped else PICTURES_LIMIT)
        if self._log is not None and not await run_within(LOG_CLOSE_LIMIT, self._log.close, "log close"):
            logger.error("%s: the disk doesn't respond; the log is left as it is", self._log.path)
        return lost


async def _in_thread(job: Callable[[], Result], name: str) -> Result:
    """What `job` returns, done in a thread that doesn't keep the program from ending where it hangs."""
    thread = LogThread(name)
    done = thread.run(job)
    thread.end()
    return await done


def _credentials(settings: ServerTable) -> Credentials:
    """Token and certificate; raises ConfigurationError also if they take too long."""
    try:
        return time_limit.run("read credentials", CREDENTIALS_LIMIT, lambda: Credentials.read(settings))
    except TimeoutError:
        raise ConfigurationError(
            f"server.token_file, server.certificate, server.key: could not be read within {CREDENTIALS_LIMIT:g} s: "
            "check whether their drive responds, and that they are files and no pipes without a writer"
        ) from None


def single_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one error of a group to report: the first expected one, else the first."""
    leaves = list(_leaves(group))
    return next((leaf for leaf in leaves if isinstance(leaf, CaptureDaemonError)), leaves[0])


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]
