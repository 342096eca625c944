"""When the companion speaks, and when it leaves it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from capture_daemon.client import Followed
from capture_daemon.dataset.persona import Persona
from capture_daemon.errors import (
    ConfigurationError,
    EndpointBusyError,
    EndpointError,
    EndpointLengthError,
    EndpointQuestionError,
)
from capture_daemon.llm.companion.companion import Companion, Habits
from capture_daemon.llm.companion.composing import Prompts
from capture_daemon.llm.companion.memory import Memory
from capture_daemon.llm.companion.scene import Heard, words_of
from capture_daemon.llm.endpoint.messages import Message
from capture_daemon.llm.endpoint.sampling import Sampling
from capture_daemon.records import Choice, Gap, Line
from tests.server.helpers import WAIT, choice, line, until

REST = 0.15


class Model:
    """Answers with the words it is given; waits before each for leave, where it is to."""

    def __init__(self, *words: str) -> None:
        self.words = words or ("Well", " then.")
        self.asked: list[str] = []
        self.pictures: list[bytes | None] = []
        self.blind = False
        self.fails: Exception | None = None
        self.leave: asyncio.Semaphore | None = None

    async def context(self) -> int | None:
        return None

    async def stream(self, messages: Sequence[Message], longest: int, sampling: Sampling) -> AsyncGenerator[str, None]:
        self.asked.append(messages[-1].content)
        self.pictures.append(messages[-1].picture)
        if self.blind and messages[-1].picture is not None:
            raise EndpointQuestionError("HTTP 400: no images")
        for word in self.words:
            if self.leave is not None:
                await self.leave.acquire()
            if self.fails is not None:
                raise self.fails
            yield word


class Player:
    """Types what is put into a queue, and keeps what is shown."""

    waits_for_answers = True

    def __init__(self) -> None:
        self.says: asyncio.Queue[str | None] = asyncio.Queue()
        self.shown: list[str] = []
        self.notes: list[str] = []
        self.waits = 0
        self.heard_lines: list[Heard] = []

    async def typed(self) -> AsyncIterator[str]:
        while (text := await self.says.get()) is not None:
            yield text

    def heard(self, line: Heard) -> None:
        self.heard_lines.append(line)

    def wait(self) -> None:
        self.waits += 1

    def idle(self) -> None:
        pass

    def begin(self) -> None:
        self.shown.append("")

    def piece(self, text: str) -> None:
        self.shown[-1] += text

    def end(self, broken_off: bool) -> None:
        self.shown[-1] += " —" if broken_off else "."

    def note(self, text: str) -> None:
        self.notes.append(text)


class Place:
    """A companion at work, and all that is around it."""

    def __init__(
        self,
        model: Model,
        memory: Memory | None = None,
        look: Callable[[Line | Choice], Awaitable[bytes | None]] | None = None,
        **habits: Any,
    ) -> None:
        self.model = model
        self.player = Player()
        self.feed: asyncio.Queue[Followed] = asyncio.Queue()
        self._seq = 0
        persona = Persona(name="Pip", manner="Eager.")
        habit = Habits(rest=REST, **habits)
        self.companion = Companion(persona, model, self.player, Prompts.read(), habit, memory, look)

    async def records(self) -> AsyncIterator[Followed]:
        while True:
            yield await self.feed.get()

    async def hear(self, text: str, second: int = 0) -> None:
        """A line is said; it has been heard when this returns."""
        self._seq += 1
        time = f"2026-11-22T15:00:{second:02d}+00:00"
        await self.feed.put(line(text, seq=self._seq, started=time, time=time))
        await until(lambda: len(self.player.heard_lines) == self._seq)

    async def asked(self, count: int) -> None:
        await until(lambda: len(self.model.asked) >= count)


def play(model: Model, script: Callable[[Place], Awaitable[None]], **habits: Any) -> Place:
    """Play a script to a companion, and let the player say no more; ended by force where it comments."""

    async def main() -> Place:
        place = Place(model, **habits)
        running = asyncio.create_task(place.companion.run(place.records()))
        scripted = asyncio.ensure_future(script(place))
        await asyncio.wait({running, scripted}, return_when=asyncio.FIRST_COMPLETED, timeout=WAIT)
        if running.done():
            scripted.cancel()
        else:
            await scripted
            await place.player.says.put(None)
            if place.companion._habits.comments:
                running.cancel()
                await asyncio.wait({running}, timeout=WAIT)
                return place
        await asyncio.wait_for(running, WAIT)
        return place

    return asyncio.run(main())


def test_an_answer_knows_what_was_on_screen() -> None:
    async def script(place: Place) -> None:
        await place.hear("Are we there yet?")
        await place.player.says.put("  What did  she say? ")
        await place.player.says.put("   ")

    place = play(Model(), script)
    assert place.player.shown == ["Well then.."]
    assert place.model.asked == ["On screen:\nSylvie: Are we there yet?\n\nThe player says to you:\nWhat did she say?"]


def test_what_the_player_chose_is_heard_if_it_is_known() -> None:
    async def script(place: Place) -> None:
        for seq, chosen in ((1, None), (2, 2)):
            await place.feed.put(replace(choice("Ask her.", "Wait.", chosen=chosen), seq=seq))
        await until(lambda: len(place.player.heard_lines) == 1)
        await place.player.says.put("And?")

    place = play(Model(), script)
    assert place.model.asked == ["On screen:\nThe player: Wait.\n\nThe player says to you:\nAnd?"]


def test_what_was_said_in_earlier_scenes_is_recalled_when_it_is_asked_about() -> None:
    async def script(place: Place) -> None:
        await place.hear("The lighthouse keeper has a cat.")
        for second in (40, 41):
            await place.hear("Nothing but clouds.", second)
        await place.player.says.put("Whose cat was that?")

    with Memory([]) as memory:
        place = play(Model("Mine!"), script, memory=memory)
    (asked,) = place.model.asked
    assert asked.startswith("Earlier in the game, not on screen now:\n")
    assert "The lighthouse keeper has a cat." in asked.partition("\n\nOn screen:\n")[0]


def test_questions_wait_for_their_turn_and_the_feed_for_nothing() -> None:
    async def script(place: Place) -> None:
        place.model.leave = asyncio.Semaphore(0)
        await place.hear("line x")
        await place.player.says.put("One?")
        await place.asked(1)
        await place.player.says.put("Two?")
        for number in range(100):
            await place.hear(f"line {number}")
        for _ in range(4):
            place.model.leave.release()

    place = play(Model(), script)
    assert place.player.shown == ["Well then.."] * 2
    assert "line 99" not in place.model.asked[0]
    assert "line 99" in place.model.asked[1]
    assert "line 59\n" not in place.model.asked[1]
    assert len(place.model.asked) == 2


def test_a_new_scene_takes_the_place_of_what_an_answer_was_to_be_about() -> None:
    async def script(place: Place) -> None:
        place.model.leave = asyncio.Semaphore(0)
        await place.hear("Old.")
        await place.player.says.put("What now?")
        await place.asked(1)
        await place.hear("Still the old one.", 2)
        await place.hear("New.", 50)
        await place.asked(2)
        place.model.leave.release()
        place.model.leave.release()

    place = play(Model(), script)
    assert place.player.shown == ["Well then.."]
    assert [("Old." in asked, "New." in asked) for asked in place.model.asked] == [(True, False), (False, True)]


def test_an_answer_that_has_begun_is_said_to_its_end() -> None:
    async def script(place: Place) -> None:
        place.model.leave = asyncio.Semaphore(1)
        await place.player.says.put("What now?")
        await until(lambda: bool(place.player.shown))
        await place.hear("New.", 50)
        place.model.leave.release()

    assert play(Model(), script).player.shown == ["Well then.."]


def test_a_comment_at_a_rest_and_one_only() -> None:
    async def script(place: Place) -> None:
        await place.hear("Oh no.")
        await until(lambda: place.player.shown == ["Well then.."])
        await asyncio.sleep(3 * REST)

    place = play(Model(), script, comments=True)
    assert len(place.model.asked) == 1
    assert "Sylvie: Oh no.\n\nNobody has spoken to you." in place.model.asked[0]


def test_no_comment_unless_told_to() -> None:
    async def script(place: Place) -> None:
        await place.hear("Oh no.")
        await asyncio.sleep(2 * REST)

    assert play(Model(), script).model.asked == []


def test_a_comment_that_comes_too_late_is_left() -> None:
    async def script(place: Place) -> None:
        place.model.leave = asyncio.Semaphore(0)
        await place.hear("Oh no.")
        await place.asked(1)
        await place.hear("Never mind.", 1)
        await place.asked(2)
        place.model.leave.release()
        place.model.leave.release()
        await until(lambda: place.player.shown == ["Well then.."])

    place = play(Model(), script, comments=True)
    assert "Never mind." not in place.model.asked[0]
    assert "Oh no.\nSylvie: Never mind." in place.model.asked[1]


@pytest.mark.parametrize("what", ["a new scene", "the player"])
def test_a_comment_is_broken_off_for(what: str) -> None:
    async def script(place: Place) -> None:
        place.model.leave = asyncio.Semaphore(1)
        await place.hear("Oh no.")
        await until(lambda: place.player.shown == ["Well"])
        if what == "the player":
            await place.player.says.put("Hush!")
        else:
            await place.hear("New.", 50)
        await until(lambda: place.player.shown == ["Well —"])
        await place.asked(2)

    place = play(Model(), script, comments=True)
    assert ("Hush!" if what == "the player" else "New.") in place.model.asked[1]


def test_what_was_said_is_remembered() -> None:
    seen: list[list[str]] = []

    class Reminded(Model):
        async def stream(
            self, messages: Sequence[Message], longest: int, sampling: Sampling
        ) -> AsyncGenerator[str, None]:
            seen.append([message.content for message in messages[1:-1]])
            async for piece in super().stream(messages, longest, sampling):
                yield piece

    async def script(place: Place) -> None:
        for number in range(10):
            await place.player.says.put(str(number))

    play(Reminded("Yes"), script)
    assert seen[:3] == [[], ["0", "Yes"], ["0", "Yes", "1", "Yes"]]
    assert seen[9][:2] == ["1", "Yes"]


def test_an_endpoint_that_fails_is_told_and_the_next_question_asked() -> None:
    async def script(place: Place) -> None:
        place.model.fails = EndpointBusyError("http://x: too busy")
        await place.player.says.put("One?")
        await until(lambda: bool(place.player.notes))
        place.model.fails = None
        await place.player.says.put("Two?")

    place = play(Model(), script)
    assert place.player.notes == ["http://x: too busy"]
    assert place.player.shown == ["Well then.."]


def test_an_endpoint_that_refuses_ends_it() -> None:
    async def script(place: Place) -> None:
        place.model.fails = EndpointError("http://x: HTTP 401")
        await place.player.says.put("One?")
        await asyncio.sleep(WAIT)

    with pytest.raises(EndpointError, match="HTTP 401"):
        play(Model(), script)


def test_a_feed_that_refuses_ends_it() -> None:
    class Refusing(Place):
        async def records(self) -> AsyncIterator[Followed]:
            raise ConfigurationError("ws://x: the server refuses")
            yield

    async def main() -> None:
        place = Refusing(Model())
        with pytest.raises(ConfigurationError, match="refuses"):
            await asyncio.wait_for(place.companion.run(place.records()), WAIT)

    asyncio.run(main())


def test_holes_in_what_was_heard_are_told() -> None:
    async def script(place: Place) -> None:
        await place.feed.put(Gap(first=3, last=17, reason="rotated"))
        await until(lambda: bool(place.player.notes))

    assert play(Model(), script).player.notes == ["lines 3 to 17 are not available (rotated)"]


def test_a_new_question_breaks_off_an_answer() -> None:
    async def script(place: Place) -> None:
        place.player.waits_for_answers = False
        place.model.leave = asyncio.Semaphore(1)
        await place.player.says.put("One?")
        await until(lambda: place.player.shown == ["Well"])
        await place.player.says.put("Two?")
        await until(lambda: place.player.shown == ["Well —"])
        await place.asked(2)
        place.model.leave.release()
        place.model.leave.release()
        await until(lambda: place.player.shown == ["Well —", "Well then.."])

    place = play(Model(), script)
    assert place.player.waits == 2
    assert [asked.splitlines()[-1] for asked in place.model.asked] == ["One?", "Two?"]


def test_an_answer_that_repeats_itself_or_goes_on_for_long_is_cut_off() -> None:
    async def script(place: Place) -> None:
        await place.player.says.put("One?")

    model = Model(*["I", "am", "overhere.", "I", "am", "overhere.", "I", "am", "overhere.", ""])
    model.words = tuple(f"{word} " for word in model.words)
    assert play(model, script).player.shown == ["I am overhere.."]
    assert play(Model("One. ", "Two. ", "Three. "), script, sentences=2).player.shown == ["One. Two.."]


def test_what_is_too_long_is_asked_with_less_once_more() -> None:
    class Small(Model):
        async def stream(
            self, messages: Sequence[Message], longest: int, sampling: Sampling
        ) -> AsyncGenerator[str, None]:
            if len(messages[-1].content) > 900:
                self.asked.append("too long")
                raise EndpointLengthError("http://x: too long")
            async for piece in super().stream(messages, longest, sampling):
                yield piece

    async def script(place: Place) -> None:
        for number in range(40):
            await place.hear(f"line {number} of a scene that is rather long")
        await place.player.says.put("One?")

    place = play(Small(), script)
    assert place.player.shown == ["Well then.."]
    assert place.model.asked[0] == "too long"
    assert "line 39 " in place.model.asked[1]


def test_a_player_who_leaves_waits_for_nothing() -> None:
    async def script(place: Place) -> None:
        place.player.waits_for_answers = False
        place.model.leave = asyncio.Semaphore(0)
        await place.player.says.put("One?")
        await place.asked(1)

    assert play(Model(), script).player.shown == []


@pytest.mark.parametrize("blind", [False, True])
def test_the_newest_lines_picture_goes_with_the_question_if_the_model_takes_it(blind: bool) -> None:
    looked: list[str] = []

    async def look(seen: Line | Choice) -> bytes | None:
        looked.append(words_of(seen))
        return b"jpeg"

    async def script(place: Place) -> None:
        await place.hear("Look at the moon!")
        for count in (1, 2):
            await place.player.says.put("What do you see?")
            await until(lambda count=count: place.player.shown.count("Well then..") == count)  # type: ignore[misc]

    model = Model()
    model.blind = blind
    place = play(model, script, look=look)
    if blind:
        assert (model.pictures, looked) == ([b"jpeg", None, None], ["Look at the moon!"])
        [note] = place.player.notes
        assert "no more pictures are sent" in note
    else:
        assert model.pictures == [b"jpeg", b"jpeg"]
        assert place.player.notes == []


def test_a_picture_goes_in_the_form_of_an_image_url() -> None:
    content = Message("user", "Hi", b"abc").to_dict()["content"]
    assert content == [
        {"type": "text", "text": "Hi"},
        {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,YWJj"}},
    ]
