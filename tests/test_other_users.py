"""A real daemon, and programs of this user, of root, and of somebody else on the same machine."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from capture_daemon.delivery import peers
from tests.other_user import OTHER, call_as_other, needs_other_user
from tests.program import SAMPLE, SAMPLE_REGIONS, Running, call, environment

KNOCK = """
host, port, path, upgrade = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4] == "websocket"
client = socket.create_connection((host, port), 20)
lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{port}"]
if upgrade:
    lines += ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
client.sendall("\\r\\n".join([*lines, "", ""]).encode())
client.settimeout(20)
sys.stdout.write(client.recv(65536).decode(errors="replace"))
"""
RUN = ["run", "--source", str(SAMPLE / "sample.mp4"), "--realtime", *SAMPLE_REGIONS, "--port", "0"]
DOORS = ["/", "/api/ws/text/origin", "/v1/lines?after=0", "/v1/control"]


def configured(home: Path, text: str) -> None:
    folder = home / ".config" / "capture-daemon"
    folder.mkdir(parents=True)
    (folder / "capture-daemon.toml").write_text(text)


def knock(port: str, path: str, *, upgrade: bool = True, host: str = "127.0.0.1") -> str:
    done = call_as_other(KNOCK, host, port, path, "websocket" if upgrade else "plain")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_another_user_gets_nothing_and_its_own_user_everything(tmp_path: Path) -> None:
    needs_other_user()
    with Running(tmp_path, *RUN) as daemon:
        address = daemon.wait_until_ready()
        port = address.rpartition(":")[2]
        for path in DOORS:
            for host in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
                answer = knock(port, path, host=host)
                assert answer.startswith("HTTP/1.1 403 "), (path, host)
                assert "server.users" in answer
        assert knock(port, "/metrics", upgrade=False).startswith("HTTP/1.1 403 ")
        # Neither holds anything of the screen.
        assert knock(port, "/healthz", upgrade=False)[:12] in ("HTTP/1.1 200", "HTTP/1.1 503")
        assert knock(port, "/", upgrade=False).startswith("HTTP/1.1 200 ")
        assert "capturing" in call(tmp_path, "ctl", "status", "--url", address).output
        warned = [line for line in daemon.errors.splitlines() if f"the user with number {OTHER}" in line]
        assert 1 <= len(warned) <= 6  # of 13 that were refused: the rate is bounded
        assert daemon.stop()[0] == 0


@pytest.mark.parametrize("users", ['"all"', '["nobody"]'])
def test_users_opens_it(tmp_path: Path, users: str) -> None:
    needs_other_user()
    configured(tmp_path, f"[server]\nusers = {users}\n")
    with Running(tmp_path, *RUN) as daemon:
        port = daemon.wait_until_ready().rpartition(":")[2]
        expected = "101" if users == '"all"' else "403"  # the list has another one
        assert knock(port, "/v1/control").split()[1] == expected


def test_a_user_that_is_named_is_let_in(tmp_path: Path) -> None:
    needs_other_user()
    name = "nobody"
    configured(tmp_path, f'[server]\nusers = ["{name}"]\n')
    import pwd  # noqa: PLC0415 - not on Windows

    with Running(tmp_path, *RUN) as daemon:
        port = daemon.wait_until_ready().rpartition(":")[2]
        done = call_as_other(KNOCK, "127.0.0.1", port, "/v1/lines", "websocket", uid=pwd.getpwnam(name).pw_uid)
        assert done.stdout.split()[1] == "101", done.stderr


@pytest.mark.skipif(not peers.can_tell(), reason="only Linux tells whose a connection is")
def test_a_user_that_is_not_there_is_named(tmp_path: Path) -> None:
    configured(tmp_path, '[server]\nusers = ["nobody-of-that-name"]\n')
    done = call(tmp_path, *RUN)
    assert done.code == 2
    assert "server.users: there is no user 'nobody-of-that-name'" in done.error


@pytest.mark.parametrize("users", ["3", '"ann"', "[3]", '[""]'])
def test_users_that_make_no_sense_are_refused(tmp_path: Path, users: str) -> None:
    configured(tmp_path, f"[server]\nusers = {users}\n")
    done = call(tmp_path, *RUN)
    assert done.code == 2
    assert 'server.users: users is "all", or a list of names' in done.error


def test_a_client_that_sends_and_goes_is_not_taken_for_root(tmp_path: Path) -> None:
    """What it sent is still there to be read, and Linux tells an end that nobody holds as root's."""
    needs_other_user()
    code = """
port = int(sys.argv[1])
def frame(text):
    data, mask = text.encode(), b"abcd"
    masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
    return bytes([0x81, 0x80 | 126]) + struct.pack(">H", len(data)) + mask + masked
head = [f"GET /v1/control HTTP/1.1", f"Host: localhost:{port}", "Connection: Upgrade", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
text = json.dumps({"id": 1, "do": "pause", "pad": "x" * 200})
for _ in range(40):
    client = socket.create_connection(("127.0.0.1", port), 20)
    client.sendall("\\r\\n".join([*head, "", ""]).encode() + frame(text))
    client.close()
"""
    with Running(tmp_path, *RUN) as daemon:
        address = daemon.wait_until_ready()
        done = call_as_other(code, address.rpartition(":")[2])
        assert done.returncode == 0, done.stderr
        status = json.loads(call(tmp_path, "ctl", "status", "--json", "--url", address).output)
        assert status["paused"] is False


ELSEWHERE = """
import sys
from capture_daemon.delivery import peers
peers.can_tell = lambda: False
from capture_daemon.cli import main
sys.argv = ["capture-daemon", *sys.argv[1:]]
sys.exit(main())
"""
FOLLOW = """
import sys
from capture_daemon.delivery import peers
peers.can_tell = lambda: False
from capture_daemon.client import follow_sync
print(next(follow_sync(sys.argv[1])), flush=True)
"""


def elsewhere(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program as it is where the system tells nobody's user."""
    return subprocess.run(
        [sys.executable, "-c", ELSEWHERE, *arguments],
        cwd=home,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_elsewhere_a_token_of_its_own_keeps_others_out_and_is_found(tmp_path: Path) -> None:
    with Running(tmp_path, *RUN, program=("-c", ELSEWHERE)) as daemon:
        address = daemon.wait_until_ready()
        port = address.rpartition(":")[2]
        page = daemon.wait_for(r"open the page by (\S+)")[1]
        token = tmp_path / ".local" / "share" / "capture-daemon" / "token"
        for file in (token, Path(page)):
            assert file.stat().st_mode & 0o777 == 0o600
        shown = token.read_text().strip()
        assert f"http://localhost:{port}/#token={shown}" in Path(page).read_text()
        assert shown not in daemon.errors

        async def without(path: str) -> int | None:
            async with connect(f"ws://127.0.0.1:{port}{path}", proxy=None, compression=None) as client:
                await client.wait_closed()
                return client.close_code

        async def texthooker() -> str:
            async with connect(f"ws://127.0.0.1:{port}/?token={shown}", proxy=None, compression=None) as client:
                return str(await asyncio.wait_for(client.recv(), 60))

        assert asyncio.run(without("/v1/control")) == 1008
        assert asyncio.run(without("/v1/lines")) == 1008
        assert "sentence" in asyncio.run(texthooker())
        for arguments in (["--url", address], ["--port", port]):
            answered = elsewhere(tmp_path, "ctl", "status", *arguments)
            assert "capturing" in answered.stdout, answered.stderr
        following = subprocess.run(
            [sys.executable, "-c", FOLLOW, address],
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Status" in following.stdout, following.stderr
        assert daemon.stop()[0] == 0
    # At the next start it is the same one; somebody else may not be able to read it.
    token.chmod(0o644)
    done = elsewhere(tmp_path, *RUN)
    assert done.returncode == 2
    assert "others may read" in done.stderr


def test_elsewhere_users_are_not_named(tmp_path: Path) -> None:
    configured(tmp_path, '[server]\nusers = ["root"]\n')
    done = elsewhere(tmp_path, *RUN)
    assert done.returncode == 2
    assert "this system does not tell whose a connection is" in done.stderr
