from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from capture_daemon.errors import ConfigurationError
from capture_daemon.llm.completion.cache import Cache, Kept, usual_path


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


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions and links")
def test_it_is_its_owners_and_no_link_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "new" / "answers.sqlite3"
    before = os.umask(0)
    try:
        with Cache(path) as cache:
            cache.put("one", "Hello!")
            assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
        assert path.parent.stat().st_mode & 0o777 == 0o700
        path.chmod(0o666)
        Cache(path).__exit__(None, None, None)
        assert path.stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="is a symbolic link"):
        Cache(link)
    assert not (tmp_path / "elsewhere").exists()
