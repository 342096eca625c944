"""A real daemon, and programs of this user, of root, and of somebody else on the same machine."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from capture_daemon.server import peers
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
SAID = "Are we there yet?"
DOORS = ["/", "/api/ws/text/origin", "/v1/lines?after=0", "/v1/control"]


def configured(home: Path, text: str) -> None:
    folder = home / ".config" / "capture-daemon"
    folder.mkdir(parents=True)
    (folder / "capture-daemon.toml").write_text(text)


def knock(port: str, path: str, *, upgrade: bool = True, host: str = "127.0.0.1") -> str:
    done = call_as_other(KNOCK, host, port, path, "websocket" if upgrade else "plain")
    assert done.returncode == 0, done.stderr
    return done.stdout


def knocking_for(path: str) -> str:
    """Code that opens a WebSocket, shows nothing, and writes the code with which it is closed."""
    return f"""
host, port = sys.argv[1], int(sys.argv[2])
client = socket.create_connection((host, port), 20)
lines = ["GET {path} HTTP/1.1", f"Host: localhost:{{port}}", "Connection: Upgrade", "Upgrade: websocket",
         "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
client.sendall("\\r\\n".join([*lines, "", ""]).encode())
client.settimeout(20)
heard = b""
while b"\\x88" not in heard.partition(b"\\r\\n\\r\\n")[2]:
    heard += client.recv(65536) or sys.exit("closed without a word")
close = heard.partition(b"\\r\\n\\r\\n")[2]
assert close[0] == 0x88, close  # nothing before it
sys.stdout.write(str(struct.unpack(">H", close[2:4])[0]))
"""


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
@pytest.mark.parametrize(
    ("name", "shown"), [("nobody-of-that-name", "nobody-of-that-name"), (r"root\u0000", r"root\x00")]
)
def test_a_user_that_is_not_there_is_named(tmp_path: Path, name: str, shown: str) -> None:
    configured(tmp_path, f'[server]\nusers = ["{name}"]\n')
    done = call(tmp_path, *RUN)
    assert done.code == 2
    assert f"server.users: there is no user '{shown}'" in done.error


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


NAMESPACE = """
import ctypes, sys
if ctypes.CDLL(None).unshare(0x10000000):
    sys.exit("no namespace of users may be made here")
if sys.argv[1] == "mapped":
    with open("/proc/self/uid_map", "w") as file:
        file.write("0 0 1")
from capture_daemon.cli import main
sys.argv = ["capture-daemon", *sys.argv[2:]]
sys.exit(main())
"""
"""The program in a user namespace: with no user but its own, as PrivateUsers= of systemd makes it, or with none."""


@pytest.fixture
def needs_namespaces() -> None:
    needs_other_user()
    done = subprocess.run([sys.executable, "-c", NAMESPACE, "mapped", "--help"], capture_output=True, check=False)
    if b"no namespace" in done.stderr:
        pytest.skip("no namespace of users may be made here")


@pytest.mark.usefixtures("needs_namespaces")
def test_in_a_namespace_of_users_all_but_its_own_are_strangers(tmp_path: Path) -> None:
    with Running(tmp_path, "mapped", *RUN, program=("-c", NAMESPACE)) as daemon:
        address = daemon.wait_until_ready()
        port = address.rpartition(":")[2]
        assert knock(port, "/v1/lines").startswith("HTTP/1.1 403 ")
        as_nobody = call_as_other(KNOCK, "127.0.0.1", port, "/v1/lines", "websocket", uid=65_534)
        assert as_nobody.stdout.startswith("HTTP/1.1 403 ")
        assert "capturing" in call(tmp_path, "ctl", "status", "--url", address).output
        assert "refused a client of an unknown user: see server.users" in daemon.errors
        assert daemon.stop()[0] == 0


@pytest.mark.usefixtures("needs_namespaces")
def test_in_a_namespace_of_users_nobody_is_not_let_in_by_name(tmp_path: Path) -> None:
    """There it would stand for everybody."""
    configured(tmp_path, '[server]\nusers = ["nobody"]\n')
    with Running(tmp_path, "mapped", *RUN, program=("-c", NAMESPACE)) as daemon:
        assert daemon.process.wait(60) == 2
    assert "server.users: 'nobody' stands for all users whom the daemon's user namespace doesn't have" in daemon.errors


@pytest.mark.usefixtures("needs_namespaces")
def test_in_a_namespace_without_users_a_token_keeps_others_out(tmp_path: Path) -> None:
    """The daemon's own user is told there by the number that stands for all others, too."""
    with Running(tmp_path, "unmapped", *RUN, program=("-c", NAMESPACE)) as daemon:
        address = daemon.wait_until_ready()
        host, _, port = address.removeprefix("ws://").rpartition(":")
        token = tmp_path / ".local" / "share" / "capture-daemon" / "token"
        shown = token.read_text().strip()
        assert token.stat().st_mode & 0o777 == 0o600
        code = knocking_for("/v1/lines")
        done = call_as_other(code, host, port)
        assert done.stdout == "1008", done.stderr
        assert "capturing" in call(tmp_path, "ctl", "status", "--url", address, "--token-file", str(token)).output
        assert shown not in daemon.errors


ELSEWHERE = """
import sys
from capture_daemon.server import peers
peers.can_tell = lambda: False
from capture_daemon.cli import main
sys.argv = ["capture-daemon", *sys.argv[1:]]
sys.exit(main())
"""
FOLLOW = """
import sys
from capture_daemon.server import peers
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
        for arguments in (["watch", address], ["watch", "--port", port]):
            assert_hears(tmp_path, *arguments, "--after", "0")
        assert daemon.stop()[0] == 0
    # At the next start it is the same one; somebody else may not be able to read it.
    token.chmod(0o644)
    done = elsewhere(tmp_path, *RUN)
    assert done.returncode == 2
    assert "others may read" in done.stderr


def assert_hears(home: Path, *arguments: str, **changes: str) -> None:
    """Have a program that is told no token print a line of the sample clip, where the system tells nobody's user."""
    with subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE, *arguments],
        cwd=home,
        env=environment(home, PYTHONUNBUFFERED="1", **changes),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as program:
        ending = threading.Timer(60, program.kill)
        ending.start()
        try:
            assert program.stdout is not None
            heard: list[str] = []
            for text in program.stdout:
                heard.append(text)
                if SAID in text:
                    return
            raise AssertionError(heard)
        finally:
            ending.cancel()
            program.kill()


def test_elsewhere_the_companion_finds_the_token(tmp_path: Path) -> None:
    pytest.importorskip("openai", reason="needs the extra [llm]")
    (tmp_path / "juno.toml").write_text('name = "Juno"\nmanner = "Dry."\n', encoding="utf-8")
    # Nothing is said to the model, so that nobody needs to be there.
    model = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_MODEL": "m", "OPENAI_API_KEY": "secret"}
    with Running(tmp_path, *RUN, program=("-c", ELSEWHERE)) as daemon:
        address = daemon.wait_until_ready()
        options = ["--persona-file", "juno.toml", "--after", "0", "--lines"]
        for there in ([address], ["--port", address.rpartition(":")[2]]):
            assert_hears(tmp_path, "companion", *there, *options, **model)


def test_elsewhere_users_are_not_named(tmp_path: Path) -> None:
    configured(tmp_path, '[server]\nusers = ["root"]\n')
    done = elsewhere(tmp_path, *RUN)
    assert done.returncode == 2
    assert "this system cannot identify the user of a connection" in done.stderr
