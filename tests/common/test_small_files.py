from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from capture_daemon.common import small_files
from capture_daemon.errors import ConfigurationError
from capture_daemon.server.tls import pinned_context, server_context
from capture_daemon.server.tokens import read_token
from tests.hung_mount import hung_mount
from tests.server.certificates import make_certificate

HUGE = 2**40


def make_huge(file: Path, beginning: bytes = b"") -> Path:
    """A file of a terabyte, that takes no room."""
    file.write_bytes(beginning)
    os.truncate(file, HUGE)
    file.chmod(0o600)
    return file


def test_what_a_file_holds(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 100)
    file.chmod(0o640)
    content = small_files.read(file, "key", 100)
    assert (content.data, content.mode & 0o777) == (b"x" * 100, 0o640)
    assert b"x" not in repr(content).encode()
    assert small_files.read_if_there(tmp_path / "missing", "key", 100) is None
    assert small_files.read_if_there(file / "below", "key", 100) is None
    file.write_bytes(b"x" * 5000)
    with pytest.raises(ConfigurationError, match=r"^key: .*file: is larger than 4 KiB: name the right file"):
        small_files.read(file, "key", 4096)


@pytest.mark.skipif(os.name != "posix", reason="there are no such things there")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        began = time.monotonic()
        for read in (read_token, pinned_context, lambda path: server_context(path, None)):
            with pytest.raises(ConfigurationError, match=f"{path}: is not a file, but a folder, a pipe or a device"):
                read(path)
        assert time.monotonic() - began < 2
    with pytest.raises(ConfigurationError, match="there is no such file"):
        read_token(tmp_path / "missing")
    with pytest.raises(ConfigurationError, match="is not the path of a file"):
        read_token(Path("a\0b"))


def test_a_terabyte_is_not_read(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    began = time.monotonic()
    with pytest.raises(ConfigurationError, match=r"server.token_file: .*: is larger than 4 KiB"):
        read_token(make_huge(tmp_path / "token", b"a-token-of-some-length\n"))
    # Also where what is wanted stands at its beginning.
    huge = make_huge(tmp_path / "huge.pem", certificate.read_bytes())
    for read in (pinned_context, lambda path: server_context(path, key)):
        with pytest.raises(ConfigurationError, match=r"server.certificate: .*: is larger than 1024 KiB"):
            read(huge)
    with pytest.raises(ConfigurationError, match=r"server.key: .*: is larger than 1024 KiB"):
        server_context(certificate, make_huge(tmp_path / "huge.key", key.read_bytes()))
    assert time.monotonic() - began < 2


def test_a_drive_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_files, "READ_LIMIT", 0.3)
    with hung_mount(tmp_path / "drive") as drive:
        for read in (read_token, pinned_context):
            with pytest.raises(ConfigurationError, match=r"server.*drive.*: could not be read within 0.3 s"):
                read(drive / "file")
    for thread in threading.enumerate():
        if thread.name.startswith("limited read server"):
            thread.join(10)
