from __future__ import annotations

from pathlib import Path

import pytest

from capture_daemon.completion.cache import Cache, Kept, usual_path
from capture_daemon.errors import ConfigurationError


def test_answers_stay(tmp_path: Path) -> None:
    path = tmp_path / "new" / "answers.sqlite3"
    with Cache(path) as cache:
        assert cache.get("one") is None
        cache.put("one", "Hello!")
        cache.put("two", None)
    with Cache(path) as cache, Cache(path) as other:
        other.put("three", "x")
        assert [cache.get(key) for key in ("one", "two", "three")] == [Kept("Hello!"), Kept(None), Kept("x")]


def test_what_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database, and long enough to be seen as none" * 40, encoding="utf-8")
    for path in (tmp_path / "text", tmp_path, tmp_path / "text" / "below"):
        with pytest.raises(ConfigurationError, match=r"can't be used: .*: name another file with --cache"):
            Cache(path)


def test_its_usual_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert usual_path() == tmp_path / "capture-daemon" / "completions.sqlite3"
