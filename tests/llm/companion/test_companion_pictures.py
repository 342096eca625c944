"""The picture of a line that goes with a question."""

from __future__ import annotations

import pytest

from capture_daemon.llm.companion.current_scene import words_of
from capture_daemon.records import Choice, Line
from tests.llm.companion.helpers import Model, Place, play
from tests.server.helpers import until


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
