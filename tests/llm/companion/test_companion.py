"""When the companion speaks, and when it leaves it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import replace

import pytest

from capture_daemon.client import Followed
from capture_daemon.errors import ConfigurationError, EndpointBusyError, EndpointError, EndpointLengthError
from capture_daemon.llm.companion.memory import Memory
from capture_daemon.llm.endpoint.chat_messages import Message
from capture_daemon.llm.endpoint.sampling import Sampling
from capture_daemon.records import Gap
from tests.llm.companion.helpers import REST, Model, Place, play
from tests.server.helpers import WAIT, choice, until


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
