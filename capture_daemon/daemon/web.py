"""The pages that the server serves: the viewer, the state of health, the metrics."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from capture_daemon.daemon.metrics import CONTENT_TYPE, Metrics
from capture_daemon.server import viewer
from capture_daemon.server.pages import Page


class WebPages:
    """Makes each page when it is asked for; what is only known to others is asked of them."""

    def __init__(self, metrics: Metrics, health: Callable[[], Page]) -> None:
        self._metrics = metrics
        self._health = health

    def viewer(self) -> Page:
        """The page at `/`."""
        return viewer.page()

    def health(self) -> Page:
        """The answer at `/healthz`."""
        return self._health()

    def metrics(self) -> Page:
        """The answer at `/metrics`."""
        return Page(HTTPStatus.OK, CONTENT_TYPE, self._metrics.text())
