"""Make an Anki card of each line, with the picture, by the add-on AnkiConnect: anki.py [FEED] [ANKICONNECT]."""

import base64
import json
import sys
import time
import urllib.request
from http.client import HTTPException

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from capture_daemon import Line, follow_sync, picture_sync
from capture_daemon.errors import CaptureDaemonError

FEED = sys.argv[1] if len(sys.argv) > 1 else "ws://localhost:6677"
ANKI = sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:8765"


def kept(line: Line) -> str | None:
    """The picture that the daemon keeps of a line; it is written just after the line."""
    for _ in range(6):
        if (jpeg := picture_sync(FEED, line)) is not None:
            return base64.b64encode(jpeg).decode()
        time.sleep(0.3)
    return None


def frame() -> str:
    """The game's picture now, half as large."""
    with connect(f"{FEED}/v1/control", proxy=None, max_size=None) as control:
        control.send(json.dumps({"id": 1, "do": "frame", "format": "jpeg", "scale": 0.5}))
        answer = json.loads(control.recv(20))
    if not answer["ok"]:
        raise ValueError(answer["error"])
    return str(answer["jpeg"])


def picture(line: Line) -> str | None:
    """The line's picture if the daemon keeps it, else the game's now: a JPEG in base64. None if there is none."""
    try:
        return frame() if line.picture is None else kept(line)
    except (OSError, ValueError, WebSocketException, CaptureDaemonError) as error:
        print(f"no picture: {error}", file=sys.stderr)
        return None


def add(line: Line) -> None:
    jpeg = picture(line)
    filename = f"{line.stream}-{line.seq}.jpg"
    note = {
        "deckName": "Default",
        "modelName": "Basic",
        "fields": {"Front": line.text, "Back": line.speaker or ""},
        "picture": [] if jpeg is None else [{"data": jpeg, "filename": filename, "fields": ["Back"]}],
    }
    body = json.dumps({"action": "addNote", "version": 6, "params": {"note": note}}).encode()
    with urllib.request.urlopen(urllib.request.Request(ANKI, body), timeout=20) as answer:
        print(f"{line.text}: {json.load(answer).get('error') or 'added'}", flush=True)


for record in follow_sync(FEED):
    if isinstance(record, Line) and record.replaces is None:
        try:
            add(record)
        except (OSError, ValueError, HTTPException) as error:
            print(f"no card: {error}", file=sys.stderr)
