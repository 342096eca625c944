"""The server: listens, lets clients in, and owns their connections until they are gone."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Awaitable
from dataclasses import replace
from http import HTTPStatus

from websockets.asyncio.server import Server as WebSocketServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from capture_daemon.config.models import ServerTable
from capture_daemon.server import channels
from capture_daemon.server.acceptor import Acceptor
from capture_daemon.server.channels import CloseReason
from capture_daemon.server.connections import ClientConnection, ConnectionRegistry
from capture_daemon.server.control import ControlContext
from capture_daemon.server.control_interface import Controls
from capture_daemon.server.credentials import Credentials
from capture_daemon.server.feed import Feed
from capture_daemon.server.handler import WRONG_TOKEN, ClientHandler
from capture_daemon.server.listen import BACKLOG, in_url, listening_sockets
from capture_daemon.server.origin_policy import OriginPolicy
from capture_daemon.server.pages import RETRY, Page, Pages, text_page, to_response
from capture_daemon.server.peers import Peers
from capture_daemon.server.rate_limited_log import RateLimitedLog
from capture_daemon.server.router import OTHER_USER, Router
from capture_daemon.server.routes import PictureRoute, RequestRefusedError
from capture_daemon.server.throttle import SendThrottle
from capture_daemon.server.tokens import Token

logger = logging.getLogger(__name__)

LARGEST_MESSAGE = 4096
"""Bytes that a client may send in one message."""
HANDSHAKE_LIMIT = 10.0
"""Seconds for a client to receive a page or a refusal. The acceptor limits how long a request may take."""
PING_INTERVAL = 20.0
CLOSE_LIMIT = 1.0
"""Seconds for a client to take what is queued for it when the daemon stops, and to answer a closing handshake."""
ANSWER_LIMIT = 0.7
"""Seconds for a client to answer the closing handshake when the daemon stops and it was not done by then."""
SLOW_CLOSE_LIMIT = 5.0
MOST_VIEWERS = 16
"""Connections that get a picture at a time, 8 to 64; another gets 503."""
_WRITE_BUFFER = 32 * 1024


class Server:
    """Serves one feed. `start` once, `close` once; both on the feed's event loop.

    Without `controls` or `pages` their routes don't exist: HTTP 404, or 426 at `/`.
    """

    def __init__(
        self,
        feed: Feed,
        settings: ServerTable,
        version: str,
        *,
        controls: Controls | None = None,
        pages: Pages | None = None,
    ) -> None:
        self.address = ""
        """Where the server listens, as `ws://HOST:PORT` or `wss://HOST:PORT`; empty before `start`."""
        self.credentials: Credentials | None = None
        """What the files of the token and the certificate held; None before `start`."""
        self.too_slow = 0
        """Clients that were closed because they were too slow."""
        self.refused = 0
        """Requests that were refused, wrong tokens among them."""
        self._feed = feed
        self._settings = settings
        self._version = version
        self._pages = pages
        self._token: Token | None = None
        self._router: Router | None = None
        self._connections = ConnectionRegistry(settings.max_clients)
        self._servers: list[WebSocketServer] = []
        self._acceptors: list[Acceptor] = []
        self._context = None if controls is None else ControlContext(controls)
        self._peers: Peers | None = None
        self._refusals = RateLimitedLog(logger)
        self._slow_clients = RateLimitedLog(logger)
        self._handlers: set[ClientHandler] = set()
        self._viewers: set[ClientConnection] = set()
        self._throttle = SendThrottle()
        self._stopping = False

    @property
    def clients(self) -> int:
        """How many clients there are, also such as have yet to show the token."""
        return self._connections.clients

    async def start(self, credentials: Credentials | None = None) -> list[tuple[str, int]]:
        """Listen, and return the addresses as (host, port). Without `credentials` they are read from their files.

        Raises AddressError if the host would let other machines in without a token, or the port is not available;
        ConfigurationError if the token, the certificate or its key can't be used.
        """
        settings = self._settings
        if credentials is None:
            credentials = await asyncio.to_thread(Credentials.read, settings)
        self.credentials, self._token, context = credentials, credentials.token, credentials.context
        sockets = listening_sockets(settings.host, settings.port, others_let_in=settings.token_file is not None)
        addresses = [(listener.getsockname()[0], listener.getsockname()[1]) for listener in sockets]
        port = addresses[0][1]
        origin_policy = OriginPolicy(port, settings.hosts, settings.origins, bound=[host for host, _ in addresses])
        self._router = Router(origin_policy, self._token, self._pages, has_controls=self._context is not None)
        self.address = f"{'ws' if context is None else 'wss'}://{in_url(settings.host)}:{port}"
        self._peers = None if credentials.uids is None else Peers()
        for listener in sockets:
            await self._serve(listener, context)
        return addresses

    async def _serve(self, listener: socket.socket, context: ssl.SSLContext | None) -> None:
        # websockets owns the listener and each handshake; the acceptor accepts.
        server = await serve(
            self._handle,
            sock=listener,
            backlog=BACKLOG,
            start_serving=False,
            process_request=self._receive,
            server_header=None,
            open_timeout=HANDSHAKE_LIMIT,
            logger=_websockets_logger,
        )
        # It answers 503 where it doesn't accept.
        server.is_serving = lambda: not self._stopping  # type: ignore[method-assign]
        kind = self._connections.kind()

        def make() -> ClientConnection:
            return kind(
                ServerProtocol(max_size=LARGEST_MESSAGE, logger=_websockets_logger),  # no compression: lines are short
                server,
                ping_interval=PING_INTERVAL,
                ping_timeout=PING_INTERVAL,
                close_timeout=HANDSHAKE_LIMIT,
                write_limit=_WRITE_BUFFER,
            )

        acceptor = Acceptor(self._connections, make, context=context, peers=self._peers)
        self._servers.append(server)
        self._acceptors.append(acceptor)
        acceptor.open(listener)

    async def close(self) -> None:
        """Accept nobody any more, send clients what is queued for them, and close them with 1001, within about 2 s."""
        await self._close_what_comes()
        closing = [asyncio.create_task(server.wait_closed()) for server in self._servers]
        if not closing:
            return
        for server in self._servers:
            server.close(close_connections=False)
        self._stopping = True
        self._connections.abort_unfinished()
        for handler in self._handlers:
            handler.end()
        _, pending = await asyncio.wait(closing, timeout=CLOSE_LIMIT)
        if pending:
            for handler in self._handlers:
                handler.cut()
            _, pending = await asyncio.wait(closing, timeout=ANSWER_LIMIT)
        if pending:
            self._connections.abort()
            _, pending = await asyncio.wait(closing, timeout=ANSWER_LIMIT)
            for task in pending:
                task.cancel()
        self._servers.clear()

    async def _close_what_comes(self) -> None:
        for acceptor in self._acceptors:
            await acceptor.close()
        self._acceptors.clear()
        if self._peers is not None:
            await self._peers.close()
        if self._context is not None:
            await self._context.close()

    def _receive(self, connection: ServerConnection, request: Request) -> Response | Awaitable[Response | None] | None:
        assert isinstance(connection, ClientConnection)
        assert self._router is not None
        if connection.pending is not None:
            connection.pending.is_in_time()
        if connection.unanswerable:
            return connection.turn_away()
        with_body = request.method != "HEAD"
        try:
            address = connection.local_address[0].partition("%")[0]
            answer = self._router.receive(request, address, allowed=self._is_allowed(connection))
            if isinstance(answer, Page):
                return to_response(answer, body=with_body)
            if isinstance(answer, PictureRoute):
                return self._send_picture(connection, request, answer, body=with_body)
            if not self._connections.admit(connection, answer):
                raise RequestRefusedError(
                    HTTPStatus.SERVICE_UNAVAILABLE, "there are as many clients as server.max_clients allows"
                )
        except RequestRefusedError as refused:
            self.refused += 1
            if refused.status is HTTPStatus.UNAUTHORIZED:
                self._log_refused(connection, refused.reason)
            elif refused.reason == OTHER_USER:
                uid = "an unknown user" if connection.uid is None else f"the user with number {connection.uid}"
                self._refusals.log(logging.WARNING, "refused a client of %s: see server.users", uid)
            return to_response(text_page(refused.status, refused.reason, refused.headers), body=with_body)
        return None

    async def _send_picture(
        self, connection: ClientConnection, request: Request, route: PictureRoute, *, body: bool
    ) -> Response | None:
        """A picture, or why there is none; None if the client has gone."""
        assert self._pages is not None
        present = self._connections.present
        self._viewers = {viewer for viewer in self._viewers if viewer in present}
        if len(self._viewers) >= MOST_VIEWERS:
            page = text_page(HTTPStatus.SERVICE_UNAVAILABLE, "too many pictures are asked for: try again", RETRY)
        else:
            self._viewers.add(connection)
            page = await self._pages.picture(route.seq, route.stream)
            await self._throttle.wait(len(page.body) if body else 0)
        if connection.unanswerable:
            await connection.turn_away()
            return None
        if origin := request.headers.get("Origin"):
            # It is one that may read the lines.
            allowed = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
            page = replace(page, headers={**page.headers, **allowed, "Cross-Origin-Resource-Policy": "cross-origin"})
        return to_response(page, body=body)

    async def _handle(self, connection: ServerConnection) -> None:
        assert isinstance(connection, ClientConnection)
        handler = ClientHandler(
            connection,
            self._feed,
            self._version,
            token=self._token,
            context=self._context,
        )
        if self._stopping:
            handler.end()
        self._handlers.add(handler)
        try:
            close_reason = await handler.run()
        finally:
            self._handlers.discard(handler)
        if close_reason is channels.TOO_SLOW:
            self.too_slow += 1
            self._slow_clients.log(logging.INFO, "closing a client that is too slow; it can reconnect and resume")
        elif close_reason is WRONG_TOKEN:
            self.refused += 1
            self._log_refused(connection, close_reason.reason)
        if close_reason is not None:
            await _close(connection, close_reason)

    def _is_allowed(self, connection: ClientConnection) -> bool:
        """Whether its user needs no token, if none is set."""
        assert self.credentials is not None
        return self.credentials.uids is None or connection.uid in self.credentials.uids

    def _log_refused(self, connection: ServerConnection, reason: str) -> None:
        self._refusals.log(logging.INFO, "refused a client from %s: %s", connection.remote_address[0], reason)


async def _close(connection: ServerConnection, close_reason: CloseReason) -> None:
    """The closing handshake, with a limit also on writing: a client that reads nothing would block it for ever."""
    limit = SLOW_CLOSE_LIMIT if close_reason == channels.TOO_SLOW else CLOSE_LIMIT
    try:
        async with asyncio.timeout(limit):
            await connection.close(close_reason.code, close_reason.reason)
    except TimeoutError:
        connection.transport.abort()


def _is_a_fault(record: logging.LogRecord) -> bool:
    """Keep our own errors; those that clients cause become one line at debug level."""
    if record.levelno >= logging.ERROR and "handshake" not in record.msg:
        return True
    error = record.exc_info[1] if record.exc_info else None
    logger.debug("%s%s", record.getMessage(), f": {error}" if error else "")
    return False


_websockets_logger = logging.getLogger(f"{__name__}.websockets")
_websockets_logger.addFilter(_is_a_fault)
# At debug level websockets logs headers and messages, and so the token.
_websockets_logger.setLevel(logging.INFO)
