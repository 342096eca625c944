from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from capture_daemon.errors import ConfigurationError
from capture_daemon.records import Hello
from capture_daemon.server import acceptor
from capture_daemon.server.tls import pinned_context, server_context
from tests.server.certificates import make_certificate, make_key
from tests.server.helpers import UPGRADE, WAIT, StandInPages, receive, receive_lines, room, until


def test_nothing_set_is_no_tls(tmp_path: Path) -> None:
    assert server_context(None, None) is None


def test_a_certificate_with_its_key_in_one_file_or_two(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    assert server_context(certificate, key) is not None
    both = tmp_path / "both.pem"
    both.write_text(certificate.read_text() + key.read_text())
    assert server_context(both, None) is not None


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    other = make_key(tmp_path / "other.pem")
    secret = make_key(tmp_path / "secret.pem", passphrase="secret")
    garbage = tmp_path / "garbage.pem"
    garbage.write_text("no certificate")
    missing = tmp_path / "missing.pem"
    for first, second, said in (
        (None, key, "server.key is set without server.certificate"),
        (missing, key, f"server.certificate: {missing}: there is no such file"),
        (certificate, missing, f"server.key: {missing}: there is no such file"),
        (certificate, other, f"server.key: {other}: is not the key of"),
        (certificate, secret, f"server.key: {secret}: is protected by a passphrase"),
        (certificate, None, "must hold a certificate and its key in PEM form"),
        (garbage, key, "must hold a certificate and its key in PEM form"),
    ):
        with pytest.raises(ConfigurationError) as caught:
            server_context(first, second)
        assert said in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_client_of_this_machine_needs_a_certificate_to_trust(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    assert pinned_context(certificate).get_ca_certs()
    with pytest.raises(ConfigurationError, match="holds no certificate"):
        pinned_context(key)


def test_tls(tmp_path: Path) -> None:
    async def main() -> None:
        certificate, key = make_certificate(tmp_path)
        context = pinned_context(certificate)
        async with room(tmp_path, certificate=certificate, key=key, pages=StandInPages()) as place:
            assert place.server.address == f"wss://localhost:{place.port}"
            async with place.client(ssl=context, origin=f"https://localhost:{place.port}") as client:
                assert isinstance(await receive(client), Hello)
                assert await receive_lines(client, 0) == []
                said = await place.say("Hi!")
                assert await receive(client) == said[0]
            reader, writer = await asyncio.open_connection("127.0.0.1", place.port, ssl=context)
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert (await asyncio.wait_for(reader.read(), WAIT)).startswith(b"HTTP/1.1 200 ")
            writer.close()
            with pytest.raises(ssl.SSLCertVerificationError):
                async with place.client(ssl=ssl.create_default_context()):
                    pass
            assert not (await place.raw("Host: localhost", *UPGRADE)).startswith("HTTP/")

    asyncio.run(main())


def test_half_a_tls_handshake_does_not_hold_up_the_end(tmp_path: Path) -> None:
    async def main() -> None:
        certificate, key = make_certificate(tmp_path)
        loop = asyncio.get_running_loop()
        async with room(tmp_path, certificate=certificate, key=key) as place:
            _, writer = await asyncio.open_connection("127.0.0.1", place.port)
            await asyncio.sleep(0.1)
            begin = loop.time()
            await place.server.close()
            assert loop.time() - begin < 3
            writer.close()
            await writer.wait_closed()
            await until(lambda: not any("_accept_connection2" in str(task) for task in asyncio.all_tasks()))

    asyncio.run(main())


def test_half_a_tls_handshake_is_cut_off_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceptor, "HANDSHAKE_LIMIT", 0.2)

    async def main() -> None:
        certificate, key = make_certificate(tmp_path)
        async with room(tmp_path, certificate=certificate, key=key) as place:
            reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
            writer.write(b"\x16\x03\x01")
            assert await asyncio.wait_for(reader.read(), WAIT) == b""
            writer.close()

    asyncio.run(main())
