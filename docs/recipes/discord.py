"""Post each line to a Discord channel, by a webhook of it: discord.py WEBHOOK [FEED]."""

import json
import sys
import time
import urllib.request
from http.client import HTTPException
from urllib.error import HTTPError

from capture_daemon import Line, follow_sync

WEBHOOK = sys.argv[1]
FEED = sys.argv[2] if len(sys.argv) > 2 else "ws://localhost:6677"


def pause(error: HTTPError) -> float:
    """For how many seconds a server that wants fewer requests says to wait."""
    try:
        seconds = float(error.headers["Retry-After"])
    except (TypeError, ValueError):
        return 1.0
    return min(seconds, 60.0) if seconds >= 0 else 1.0


def post(line: Line) -> None:
    # What is on screen mentions nobody.
    message = {"content": f"**{line.speaker or '…'}** {line.text}"[:2000], "allowed_mentions": {"parse": []}}
    headers = {"Content-Type": "application/json", "User-Agent": "capture-daemon recipe"}
    request = urllib.request.Request(WEBHOOK, json.dumps(message).encode(), headers)
    for left in reversed(range(6)):
        try:
            urllib.request.urlopen(request, timeout=20).close()
        except HTTPError as error:
            error.close()
            if error.code != 429 or not left:
                raise
            time.sleep(pause(error))
        else:
            return


for record in follow_sync(FEED):
    if isinstance(record, Line):
        try:
            post(record)
        except (OSError, HTTPException) as error:
            print(f"not posted: {error}", file=sys.stderr)
