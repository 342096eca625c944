from __future__ import annotations

from dataclasses import replace

from capture_daemon.llm.companion.current_scene import CurrentScene, words_of
from capture_daemon.records import Line
from tests.server.helpers import choice, line


def at(seconds: float, text: str, **changes: object) -> Line:
    """A line that takes a second to type, that many seconds past three."""
    times = {
        "started": f"2026-11-22T15:00:{seconds:06.3f}+00:00",
        "time": f"2026-11-22T15:00:{seconds + 1:06.3f}+00:00",
    }
    return line(text, **times | {"seq": int(seconds)} | changes)


def texts(scene: CurrentScene) -> list[str]:
    return [words_of(line) for line in scene.lines]


def test_a_long_pause_begins_a_new_scene() -> None:
    scene = CurrentScene(gap=10)
    begins = [scene.add(line) for line in (at(1, "a"), at(12, "b"), at(23.5, "c"), at(25, "d"))]
    assert begins == [True, False, True, False]
    assert texts(scene) == ["c", "d"]
    assert scene.number == 2


def test_another_session_source_or_stream_is_another_scene() -> None:
    scene = CurrentScene(gap=10)
    scene.add(at(1, "a"))
    for changes in ({"session": "2026-11-23"}, {"source": "screen:2"}, {"stream": "b"}):
        assert scene.add(at(2, "b", **changes))


def test_a_correction_belongs_to_its_scene() -> None:
    scene = CurrentScene(gap=1)
    scene.add(at(1, "Hi"))
    assert not scene.add(at(9, "Hi there!", replaces=1))
    assert texts(scene) == ["Hi there!"]


def test_a_long_scene_keeps_its_newest_lines() -> None:
    scene = CurrentScene(longest=3)
    for number in range(1, 8):
        scene.add(at(number, str(number)))
    assert texts(scene) == ["5", "6", "7"]


def test_what_the_player_chose_is_part_of_the_scene_once() -> None:
    scene = CurrentScene()
    first = replace(choice("Ask her.", "Wait."), seq=1)
    for heard in (first, replace(first, seq=2, chosen=2, replaces=1)):
        scene.add(heard)
    assert texts(scene) == ["Wait."]
