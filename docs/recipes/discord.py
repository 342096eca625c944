"""Post each line to a Discord channel, by a webhook of it: discord.py WEBHOOK [FEED]."""

import json
import sys
import urllib.request

from capture_daemon import Line, follow_sync

WEBHOOK = sys.argv[1]
FEED = sys.argv[2] if len(sys.argv) > 2 else "ws://localhost:6677"

for record in follow_sync(FEED):
    if isinstance(record, Line):
        # What is on screen mentions nobody.
        post = {"content": f"**{record.speaker or '…'}** {record.text}"[:2000], "allowed_mentions": {"parse": []}}
        headers = {"Content-Type": "application/json", "User-Agent": "capture-daemon recipe"}
        request = urllib.request.Request(WEBHOOK, json.dumps(post).encode(), headers)
        try:
            urllib.request.urlopen(request, timeout=20).close()
        except OSError as error:
            print(f"not posted: {error}", file=sys.stderr)
