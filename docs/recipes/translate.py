"""Print each line with its translation, by a LibreTranslate server: translate.py [FEED] [SERVER]."""

import json
import sys
import urllib.request
from http.client import HTTPException

from capture_daemon import Line, follow_sync

FEED = sys.argv[1] if len(sys.argv) > 1 else "ws://localhost:6677"
SERVER = sys.argv[2] if len(sys.argv) > 2 else "http://localhost:5000"


def translated(text: str) -> str:
    body = json.dumps({"q": text, "source": "auto", "target": "en", "format": "text"}).encode()
    request = urllib.request.Request(f"{SERVER}/translate", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(json.load(answer)["translatedText"])


for record in follow_sync(FEED):
    if isinstance(record, Line):
        try:
            print(f"{record.speaker or '-'}: {record.text}\n    {translated(record.text)}", flush=True)
        except (OSError, ValueError, KeyError, HTTPException) as error:
            print(f"no translation: {error}", file=sys.stderr)
