from capture_daemon.cli.summary import speed, times


def test_the_parts_make_up_the_whole() -> None:
    assert times(60.0, 20.0, loading=1.0, search=4.0) == (
        "60.0 s in 20.0 s, 3.0 times real time (loading 1.0 s, finding the dialogue 4.0 s, reading 15.0 s)"
    )


def test_what_was_not_searched_for_is_not_counted() -> None:
    assert times(60.0, 20.0, loading=1.0, search=0.0).endswith("(loading 1.0 s, reading 19.0 s)")


def test_nothing_takes_less_than_no_time() -> None:
    assert speed(0.0, 0.0) == "0.0 times real time"
    assert times(0.0, 1.0, loading=1.2, search=0.0).endswith("reading 0.0 s)")
