"""From finished lines to the log, and from there to whoever listens."""

from capture_daemon.delivery.feed import Feed
from capture_daemon.delivery.log import LineLog
from capture_daemon.delivery.server import Server

__all__ = ["Feed", "LineLog", "Server"]
