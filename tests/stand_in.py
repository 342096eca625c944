"""A stand-in for a language model: an HTTP server that speaks OpenAI's chat completions, and misbehaves on cue.

`python -m tests.stand_in --port 8080` runs it by hand.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

Messages = list[dict[str, str]]


@dataclass(frozen=True)
class Cue:
    """How the next request is answered; the default is: properly, by `said` or whatever the stand-in says."""

    status: int = 200
    said: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    raw: bytes | None = None
    """The body, in the answer's place."""
    refusal: str | None = None
    finish: str = "stop"
    delay: float = 0.0
    """Seconds before anything is answered."""
    hang_after: int | None = None
    """Pieces of a stream after which nothing more comes, and the connection stays."""
    cut_after: int | None = None
    """Pieces of a stream after which the connection is closed."""
    piece_delay: float = 0.0


def echo(messages: Messages) -> str:
    """What is said where nothing else was agreed on: what the player said, or the last line on screen.

    Asked for a missing turn of a script, it has the same one every time.
    """
    if "[the player says something]" in messages[-1]["content"]:
        return '{"user": "Go on, I am listening."}'
    scene, _, wish = messages[-1]["content"].partition("\n\n")
    if wish.startswith("Nobody has spoken"):
        return f"I heard {scene.splitlines()[-1]}"
    return f"You said: {messages[-1]['content'].splitlines()[-1]}"


class StandIn:
    """The server; `asked` is every request's body, `cues` what is done with the next ones."""

    def __init__(self, say: Callable[[Messages], str] = echo, port: int = 0) -> None:
        self.asked: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.headers: list[dict[str, str]] = []
        self.cues: list[Cue] = []
        self.say = say
        self.came = threading.Condition()
        self.ending = threading.Event()
        self._server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"place": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def wait_until_asked(self, count: int, limit: float = 30.0) -> None:
        with self.came:
            assert self.came.wait_for(lambda: len(self.asked) >= count, limit), len(self.asked)

    def take(self, body: dict[str, Any], headers: dict[str, str]) -> Cue:
        with self.came:
            self.asked.append(body)
            self.times.append(time.monotonic())
            self.headers.append(headers)
            self.came.notify_all()
            return self.cues.pop(0) if self.cues else Cue()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is no fault here."""


class _Handler(BaseHTTPRequestHandler):
    place: ClassVar[StandIn]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(404, b'{"error": {"message": "no such path"}}')

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path != "/v1/chat/completions":
            self._answer(404, b'{"error": {"message": "no such path"}}')
            return
        cue = self.place.take(body, {name.lower(): value for name, value in self.headers.items()})
        if cue.delay:
            self.place.ending.wait(cue.delay)
        if cue.raw is not None:
            self._answer(cue.status, cue.raw, cue.headers)
        elif cue.status != 200:
            error = cue.error or {"message": f"the stand-in was told to answer {cue.status}."}
            self._answer(cue.status, json.dumps({"error": error}).encode(), cue.headers)
        else:
            said = self.place.say(body["messages"]) if cue.said is None else cue.said
            if body.get("stream"):
                self._stream(said, cue)
            else:
                self._whole(said, cue)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing on standard error."""

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"content-type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _whole(self, said: str, cue: Cue) -> None:
        message = {"role": "assistant", "content": None if cue.refusal else said, "refusal": cue.refusal}
        body = {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": "stand-in",
            "choices": [{"index": 0, "message": message, "finish_reason": cue.finish}],
            "usage": {"prompt_tokens": 40, "completion_tokens": 10, "total_tokens": 50},
        }
        self._answer(200, json.dumps(body).encode())

    def _stream(self, said: str, cue: Cue) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        words = said.split(" ")
        pieces = [word if at == 0 else f" {word}" for at, word in enumerate(words)]
        for count, piece in enumerate(pieces):
            if count == cue.hang_after:
                self.place.ending.wait(60)
            if count in (cue.cut_after, cue.hang_after):
                return
            if not self._event({"content": piece}, None):
                return
            self.place.ending.wait(cue.piece_delay)
        self._event({}, cue.finish)
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, delta: dict[str, str], finish: str | None) -> bool:
        """Send a piece; False where nobody is there any more."""
        chunk = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "stand-in",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }
        try:
            self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
            self.wfile.flush()
        except OSError:
            return False
        return True


@contextmanager
def standing_in(say: Callable[[Messages], str] = echo) -> Iterator[StandIn]:
    """A stand-in for the time of a test."""
    place = StandIn(say)
    place.start()
    try:
        yield place
    finally:
        place.close()


def main() -> None:
    """Stand in until stopped by Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    place = StandIn(port=parser.parse_args().port)
    place.start()
    print(f"a stand-in for a model, which repeats what it is told: {place.url}", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        place.close()


if __name__ == "__main__":
    main()
