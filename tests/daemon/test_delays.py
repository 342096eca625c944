from capture_daemon.daemon.delays import KEPT, Delays


def test_the_last_lines_count() -> None:
    delays = Delays()
    assert delays.summary() is None
    for delay in (0.5, 9.0, 0.7):
        delays.add(delay)
    assert delays.summary() == {"median": 0.7, "longest": 9.0, "last": 0.7, "lines": 3}
    for _ in range(KEPT):
        delays.add(1.0)
    assert delays.summary() == {"median": 1.0, "longest": 1.0, "last": 1.0, "lines": KEPT}
