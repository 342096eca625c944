"""Asking for missing turns, at a real server that does what servers do."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from capture_daemon.llm.completion.completer import Allowance, Limits, SpentError

pytest.importorskip("openai", reason="needs the extra [llm]")

from capture_daemon.dataset.conversations import Casting, Conversation, conversations
from capture_daemon.errors import EndpointError
from capture_daemon.llm.completion import completer as module
from capture_daemon.llm.completion.asking import CompletionPrompts, questions
from capture_daemon.llm.completion.cache import Cache
from capture_daemon.llm.completion.completer import Completer
from capture_daemon.llm.endpoint import talking
from capture_daemon.llm.endpoint.chat_messages import about_tokens_of
from capture_daemon.llm.endpoint.settings import EndpointSettings
from tests.dataset.lines import scene
from tests.stand_in import Cue, Messages, StandIn, standing_in

SCENES = [scene(f"Sylvie: Line {number}.", "Me: Hm.", first=10 * number) for number in range(1, 9)]


def say(messages: Messages) -> str:
    line = next(row for row in messages[-1]["content"].splitlines() if row.startswith("Sylvie:"))
    return json.dumps({"user": f"What about {line.split()[-1]}"})


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.setattr(talking, "FIRST_DELAY", 0.01)
    monkeypatch.setattr(talking, "LONGEST_DELAY", 0.05)
    monkeypatch.setattr(module, "AT_A_TIME", 1)
    with standing_in(say) as stand_in:
        yield stand_in


def complete(
    place: StandIn, folder: Path, count: int = 3, limits: Limits | None = None, time_limit: float = 20
) -> tuple[Completer, list[str | None]]:
    """The completer, and for each conversation the turn that was written."""
    with Cache(folder / "answers.sqlite3") as cache:
        settings = EndpointSettings(place.url, "m", time_limit=time_limit, attempts=2)
        completer = Completer("Sylvie", settings, CompletionPrompts.read(), cache, limits or Limits())
        made = completer(list(conversations(SCENES[:count], Casting(persona="Sylvie"))))
    return completer, [written(conversation) for conversation in made]


def written(conversation: Conversation) -> str | None:
    texts = [turn.text for turn in conversation.turns if turn.generated]
    assert len(texts) <= 1
    return texts[0] if texts else None


ALL = ["What about 1.", "What about 2.", "What about 3."]


def test_what_is_missing_is_asked_for_once_and_never_again(place: StandIn, tmp_path: Path) -> None:
    completer, turns = complete(place, tmp_path)
    assert turns == ALL
    assert (completer.outcome.written, completer.outcome.known, completer.outcome.requests) == (3, 0, 3)
    assert completer.outcome.tokens == 150
    completer, turns = complete(place, tmp_path)
    assert turns == ALL
    assert (completer.outcome.written, completer.outcome.known, completer.outcome.requests) == (3, 3, 0)
    assert len(place.asked) == 3


@pytest.mark.parametrize(
    "cue",
    [
        Cue(status=500),
        Cue(status=429, headers={"retry-after": "0.1"}),
        Cue(delay=30),
        Cue(raw=b'{"choices": [{'),
        Cue(said='{"user": "Hel'),
        Cue(said="Gladly! Here is what you asked for."),
    ],
    ids=["500", "429", "a time-out", "broken JSON", "half an answer", "no JSON"],
)
def test_what_goes_wrong_once_is_asked_again(place: StandIn, tmp_path: Path, cue: Cue) -> None:
    place.cues = [cue]
    completer, turns = complete(place, tmp_path, time_limit=1)
    assert turns == ALL
    assert len(place.asked) == 4
    assert completer.outcome.failed == 0


@pytest.mark.parametrize("cue", [Cue(refusal="No."), Cue(said='{"user": null}')], ids=["a refusal", "nothing fits"])
def test_what_is_declined_is_left_out_and_remembered(place: StandIn, tmp_path: Path, cue: Cue) -> None:
    place.cues = [cue]
    for _ in range(2):
        completer, turns = complete(place, tmp_path)
        assert turns == [None, *ALL[1:]]
        assert completer.outcome.declined == 1
    assert len(place.asked) == 3


def test_what_fails_is_left_out_and_asked_for_the_next_time(place: StandIn, tmp_path: Path) -> None:
    place.cues = [Cue(said="no JSON")] * 3 + [Cue(status=400, error={"message": "Bad words."})] * 2
    completer, turns = complete(place, tmp_path)
    assert turns == [None, None, ALL[2]]
    assert completer.outcome.failed == 2
    assert complete(place, tmp_path)[1] == ALL


def test_the_same_question_is_put_once(place: StandIn, tmp_path: Path) -> None:
    twice = [*conversations([SCENES[0], SCENES[0]], Casting(persona="Sylvie"))]
    for written_ones in (2, 2):
        with Cache(tmp_path / "answers.sqlite3") as cache:
            completer = Completer("Sylvie", EndpointSettings(place.url, "m"), CompletionPrompts.read(), cache)
            completer(twice)
        assert (completer.outcome.failed, completer.outcome.written, completer.outcome.left) == (
            0,
            written_ones,
            0,
        )
    assert len(place.asked) == 1


def test_an_endpoint_that_always_fails_is_left_alone_and_what_was_answered_is_kept(
    place: StandIn, tmp_path: Path
) -> None:
    place.cues = [Cue(), Cue(), *[Cue(status=500)] * 99]
    with pytest.raises(EndpointError, match=r"HTTP 500: .*: given up after 5 questions in a row; what was answered"):
        complete(place, tmp_path, count=8)
    assert len(place.asked) == 2 + 5 * 2
    place.cues = []
    completer, turns = complete(place, tmp_path, count=8)
    assert completer.outcome.requests == 6
    assert None not in turns


def test_where_nothing_could_be_written_it_is_an_error_that_says_why(place: StandIn, tmp_path: Path) -> None:
    place.cues = [Cue(said="Gladly!")] * 9
    with pytest.raises(EndpointError, match=r"no missing turn was written, 1 failed: .* 3 times: no JSON object"):
        complete(place, tmp_path, count=1)


def test_what_failed_is_told_by_reason(place: StandIn, tmp_path: Path) -> None:
    place.cues = [Cue(status=400, error={"message": "Bad words."})] * 2
    completer, _ = complete(place, tmp_path, count=3)
    assert completer.outcome.failed == 1
    (reason,) = completer.outcome.reasons
    assert "Bad words" in reason


def test_what_is_too_long_is_asked_with_fewer_lines_once_more(place: StandIn, tmp_path: Path) -> None:
    place.cues = [Cue(status=400, error={"message": "exceeds the available context size"})]
    told = scene(*(f"Me: Word {number}." for number in range(20)), "Fog.", "Sylvie: Hm.", "Fog.", "Sylvie: Line 1.")
    with Cache(tmp_path / "answers.sqlite3") as cache:
        completer = Completer("Sylvie", EndpointSettings(place.url, "m"), CompletionPrompts.read(), cache)
        (made,) = completer(list(conversations([told], Casting(persona="Sylvie"))))
    assert written(made) is not None
    assert [len(asked["messages"][1]["content"].splitlines()) for asked in place.asked] == [21, 12]


def test_an_endpoint_without_schemas_is_asked_without(place: StandIn, tmp_path: Path) -> None:
    place.cues = [Cue(status=400, error={"message": "response_format is not supported"})]
    assert complete(place, tmp_path)[1] == ALL
    assert ["response_format" in asked for asked in place.asked] == [True, False, False, False]


def test_an_endpoint_that_refuses_ends_it_at_once(place: StandIn, tmp_path: Path) -> None:
    place.cues = [Cue(status=401)] * 9
    with pytest.raises(EndpointError, match="look at OPENAI_API_KEY"):
        complete(place, tmp_path)
    assert len(place.asked) == 1


def for_two() -> Limits:
    """Tokens for two questions, whose answers cost 50 each, but not for holding back what a third one might cost."""
    question = next(
        questions(list(conversations(SCENES[:1], Casting(persona="Sylvie"))), "Sylvie", CompletionPrompts.read())
    )
    return Limits(tokens=2 * 50 + about_tokens_of(question.messages) + module.ANSWER_TOKENS - 1)


@pytest.mark.parametrize("limits", [Limits(requests=2), for_two()], ids=["requests", "tokens"])
def test_no_more_is_asked_than_is_allowed(place: StandIn, tmp_path: Path, limits: Limits) -> None:
    completer, turns = complete(place, tmp_path, limits=limits)
    assert turns == [*ALL[:2], None]
    assert completer.outcome.left == 1
    assert len(place.asked) == 2
    assert complete(place, tmp_path)[1] == ALL
    assert len(place.asked) == 3


def test_several_at_a_time(place: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_A_TIME", 4)
    place.cues = [Cue(delay=0.3)] * 4
    assert complete(place, tmp_path, count=4)[0].outcome.written == 4
    assert place.times[3] - place.times[0] < 0.3


def test_so_many_requests_and_no_more() -> None:
    async def main() -> None:
        allowance = Allowance(Limits(requests=2))
        await allowance.before_request()
        await allowance.before_request()
        with pytest.raises(SpentError):
            await allowance.before_request()
        assert allowance.requests == 2

    asyncio.run(main())


def test_so_many_a_minute() -> None:
    async def main() -> float:
        allowance = Allowance(Limits(requests_a_minute=600))
        began = time.monotonic()
        await asyncio.gather(*(allowance.before_request() for _ in range(6)))
        return time.monotonic() - began

    assert asyncio.run(main()) >= 0.49


def test_what_is_held_counts_until_it_is_settled() -> None:
    allowance = Allowance(Limits(tokens=100))
    allowance.hold(60)
    with pytest.raises(SpentError):
        allowance.hold(60)
    allowance.settle(60, 30)
    allowance.hold(60)
    assert allowance.tokens == 90
