from capture_daemon.common.letters import is_latin


def test_scripts_are_told_apart() -> None:
    assert is_latin("Hello, 世界 is the world")
    assert is_latin("...")
    assert is_latin("안녕 하세요")
    assert not is_latin("エレベーターはOKです")
    assert not is_latin("")
