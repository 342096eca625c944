"""From the log to whoever listens: the feed, and the server that clients dial."""
