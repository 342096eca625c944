"""From the log to clients: the feed, and the WebSocket and HTTP server."""
