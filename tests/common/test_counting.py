from capture_daemon.common.counting import counted, lines_and_choices


def test_one_is_singular() -> None:
    assert [counted(count, "line") for count in (0, 1, 2)] == ["0 lines", "1 line", "2 lines"]


def test_choices_are_told_if_there_are_any() -> None:
    assert [lines_and_choices(10, count) for count in (0, 1, 4)] == [
        "10 lines",
        "10 lines, 1 choice",
        "10 lines, 4 choices",
    ]
