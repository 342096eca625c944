from capture_daemon.common.backoff import Backoff


def test_delays_grow_to_the_longest_and_begin_anew_after_a_success() -> None:
    delays = Backoff(0.5, 4.0)
    for expected in (0.5, 1.0, 2.0, 4.0, 4.0, 4.0):
        assert expected / 2 <= delays.next() <= expected
    assert delays.failures == 6
    delays.reset()
    assert 0.25 <= delays.next() <= 0.5


def test_no_two_are_alike() -> None:
    assert len({Backoff(1.0, 8.0).next() for _ in range(20)}) > 10


def test_they_stay_the_longest_however_often_it_failed() -> None:
    delays = Backoff(0.25, 15.0)
    for _ in range(3000):
        delays.next()
    assert 7.5 <= delays.next() <= 15.0
