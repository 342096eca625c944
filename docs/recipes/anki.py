"""Make an Anki card of each line, with the picture, by the add-on AnkiConnect: anki.py [FEED] [ANKICONNECT]."""

import json
import sys
import urllib.request

from websockets.sync.client import connect

from capture_daemon import Line, follow_sync

FEED = sys.argv[1] if len(sys.argv) > 1 else "ws://localhost:6677"
ANKI = sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:8765"


def picture() -> str:
    """The game's picture now, half as large, as a JPEG in base64."""
    with connect(f"{FEED}/v1/control", proxy=None, max_size=None) as control:
        control.send(json.dumps({"id": 1, "do": "frame", "format": "jpeg", "scale": 0.5}))
        return str(json.loads(control.recv(20))["jpeg"])


def add(line: Line) -> None:
    note = {
        "deckName": "Default",
        "modelName": "Basic",
        "fields": {"Front": line.text, "Back": line.speaker or ""},
        "picture": [{"data": picture(), "filename": f"{line.stream}-{line.seq}.jpg", "fields": ["Back"]}],
    }
    body = json.dumps({"action": "addNote", "version": 6, "params": {"note": note}}).encode()
    with urllib.request.urlopen(urllib.request.Request(ANKI, body), timeout=20) as answer:
        print(f"{line.text}: {json.load(answer)['error'] or 'added'}", flush=True)


for record in follow_sync(FEED):
    if isinstance(record, Line) and record.replaces is None:
        try:
            add(record)
        except OSError as error:
            print(f"no card: {error}", file=sys.stderr)
