"""The endpoint against a real server that does what servers do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import aclosing

import pytest

pytest.importorskip("openai", reason="needs the extra [llm]")

from capture_daemon.errors import EndpointBusyError, EndpointError, EndpointQuestionError
from capture_daemon.llm.endpoint import talking
from capture_daemon.llm.endpoint.chat_messages import Answer, Message
from capture_daemon.llm.endpoint.settings import EndpointSettings
from capture_daemon.llm.endpoint.talking import Endpoint
from tests.stand_in import Cue, StandIn, standing_in

QUESTION = [Message("system", "Be brief."), Message("user", "How was class?")]


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.setattr(talking, "FIRST_DELAY", 0.01)
    monkeypatch.setattr(talking, "LONGEST_DELAY", 0.05)
    with standing_in() as stand_in:
        yield stand_in


def ask(place: StandIn, time_limit: float = 20.0, attempts: int = 3) -> Answer:
    async def main() -> Answer:
        async with Endpoint(EndpointSettings(place.url, "m", "secret", time_limit, attempts)) as endpoint:
            return await endpoint.ask(QUESTION, 64)

    return asyncio.run(main())


def stream(place: StandIn, time_limit: float = 20.0, heard: list[str] | None = None) -> list[str]:
    pieces: list[str] = [] if heard is None else heard

    async def main() -> None:
        async with Endpoint(EndpointSettings(place.url, "m", "secret", time_limit, 3)) as endpoint:
            async for piece in endpoint.stream(QUESTION, 64):
                pieces.append(piece)  # noqa: PERF401 - those before a failure are wanted, too

    asyncio.run(main())
    return pieces


def test_a_question_and_its_answer(place: StandIn) -> None:
    assert ask(place) == Answer("You said: How was class?", 50)
    assert place.asked == [
        {
            "model": "m",
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "How was class?"}],
            "stream": False,
            "max_tokens": 64,
        }
    ]
    assert place.headers[0]["authorization"] == "Bearer secret"


def test_an_answer_in_pieces(place: StandIn) -> None:
    assert stream(place) == ["You", " said:", " How", " was", " class?"]
    assert place.asked[0]["stream"] is True


def test_control_characters_never_come_through(place: StandIn) -> None:
    place.cues = [Cue(said="\x1b[2JHi\nthere")]
    assert "".join(stream(place)) == " [2JHi there"


@pytest.mark.parametrize(
    "cue",
    [
        Cue(status=500),
        Cue(status=503, raw=b"<html>busy</html>", headers={"content-type": "text/html"}),
        Cue(raw=b'{"choices": [{"message": {"content": "Hi'),
        Cue(raw=b"hello", headers={"content-type": "text/plain"}),
        Cue(raw=b'{"choices": []}'),
        Cue(raw=b"[]"),
        Cue(raw=b'{"choices": [{"message": {"content": ["a", "b"]}}]}'),
        Cue(raw=b"\xff\xfe"),
    ],
    ids=["500", "503 as a page", "half of a JSON", "plain text", "nothing", "a list", "no text", "no UTF-8"],
)
def test_what_fails_once_is_asked_again(place: StandIn, cue: Cue) -> None:
    place.cues = [cue]
    assert ask(place).text == "You said: How was class?"
    assert len(place.asked) == 2


def test_what_always_fails_is_given_up(place: StandIn) -> None:
    place.cues = [Cue(status=500)] * 9
    with pytest.raises(EndpointBusyError, match=r"^http://127.*/v1: HTTP 500: the stand-in was told to answer 500$"):
        ask(place, attempts=3)
    assert len(place.asked) == 3


def test_an_endpoint_that_asks_to_be_left_alone_is(place: StandIn) -> None:
    place.cues = [Cue(status=429, headers={"retry-after": "0.6"})]
    ask(place)
    assert place.times[1] - place.times[0] >= 0.6


def test_but_not_for_ever(place: StandIn) -> None:
    place.cues = [Cue(status=429, headers={"retry-after": "3600"})]
    with pytest.raises(EndpointBusyError, match="HTTP 429"):
        ask(place)
    assert len(place.asked) == 1


def test_too_long_is_too_long(place: StandIn) -> None:
    place.cues = [Cue(delay=30)] * 2
    began = time.monotonic()
    with pytest.raises(EndpointBusyError, match=r"no answer within 0\.3 s"):
        ask(place, time_limit=0.3, attempts=2)
    assert time.monotonic() - began < 10
    assert len(place.asked) == 2


def test_nobody_there() -> None:
    with standing_in() as place:
        pass
    with pytest.raises(EndpointBusyError, match="no connection: "):
        ask(place, attempts=1)


@pytest.mark.parametrize(
    ("status", "error", "kind", "told"),
    [
        (401, {"message": "Incorrect API key."}, EndpointError, "Incorrect API key: look at OPENAI_API_KEY"),
        (404, {"message": "no model m"}, EndpointError, "no model m: look at the address and the model"),
        (429, {"message": "Pay.", "code": "insufficient_quota"}, EndpointError, "Pay: trying again would not help"),
        (400, {"message": "Too long."}, EndpointQuestionError, "HTTP 400: Too long"),
    ],
)
def test_what_trying_again_would_not_help(
    place: StandIn, status: int, error: dict[str, str], kind: type[EndpointError], told: str
) -> None:
    place.cues = [Cue(status=status, error=error)]
    with pytest.raises(EndpointError, match=told) as caught:
        ask(place)
    assert type(caught.value) is kind
    assert len(place.asked) == 1


@pytest.mark.parametrize(
    "cue",
    [
        Cue(refusal="I can't."),
        Cue(finish="content_filter", said=""),
        Cue(status=400, error={"message": "filtered", "code": "content_filter"}),
    ],
    ids=["a refusal", "a filter's end", "a filter's error"],
)
def test_a_refusal_is_an_answer(place: StandIn, cue: Cue) -> None:
    place.cues = [cue]
    assert ask(place).refused
    assert len(place.asked) == 1


def test_newer_models_know_the_limit_by_another_name(place: StandIn) -> None:
    place.cues = [Cue(status=400, error={"message": "unsupported", "param": "max_tokens"})]
    assert ask(place).text
    assert place.asked[1]["max_completion_tokens"] == 64
    assert "max_tokens" not in place.asked[1]


def test_a_stream_is_asked_for_again_until_it_begins(place: StandIn) -> None:
    place.cues = [Cue(status=500), Cue(cut_after=0), Cue(said="")]
    with pytest.raises(EndpointBusyError):
        stream(place)
    place.cues = [Cue(status=500), Cue(cut_after=0)]
    assert stream(place)[0] == "You"


@pytest.mark.parametrize(
    ("cue", "told"), [(Cue(hang_after=2), "no answer within 0.5 s"), (Cue(cut_after=2), "the answer broke off")]
)
def test_a_stream_that_stops_in_the_middle(place: StandIn, cue: Cue, told: str) -> None:
    place.cues = [cue]
    heard: list[str] = []
    with pytest.raises(EndpointBusyError, match=told):
        stream(place, time_limit=0.5, heard=heard)
    assert heard == ["You", " said:"]
    assert len(place.asked) == 1


def test_a_stream_that_breaks_in_the_middle_of_its_json(place: StandIn) -> None:
    good = b'data: {"choices": [{"index": 0, "delta": {"content": "Hi"}}]}\n\n'
    place.cues = [Cue(raw=good + b'data: {"choi\n\n', headers={"content-type": "text/event-stream"})]
    heard: list[str] = []
    with pytest.raises(EndpointBusyError, match="no JSON"):
        stream(place, heard=heard)
    assert heard == ["Hi"]


def test_breaking_an_answer_off(place: StandIn) -> None:
    place.cues = [Cue(said="word " * 1000, piece_delay=0.05)]

    async def main() -> str:
        async with (
            Endpoint(EndpointSettings(place.url, "m")) as endpoint,
            aclosing(endpoint.stream(QUESTION, 64)) as pieces,
        ):
            return await anext(pieces)

    assert asyncio.run(main()) == "word"


def test_every_request_is_counted_before_it_is_sent(place: StandIn) -> None:
    place.cues = [Cue(status=500)]
    counted: list[int] = []

    async def count() -> None:
        counted.append(len(place.asked))

    async def main() -> None:
        async with Endpoint(EndpointSettings(place.url, "m"), count) as endpoint:
            await endpoint.ask(QUESTION, 64)

    asyncio.run(main())
    assert counted == [0, 1]
