"""A daemon that other machines may reach, with a token and a certificate, and `watch` beside it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.program import SAMPLE, SAMPLE_REGIONS, Running, call
from tests.server.certificates import make_certificate
from tests.server.helpers import TOKEN, token_file


def test_watch_with_and_without_the_token(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    configuration = tmp_path / "guarded.toml"
    configuration.write_text(
        f'[server]\nhost = "0.0.0.0"\ntoken_file = "{token_file(tmp_path)}"\n'
        f'certificate = "{certificate}"\nkey = "{key}"\n'
    )
    options = ["--config", str(configuration), "--log-level", "debug"]
    source = ["--source", str(SAMPLE / "sample.mp4"), "--realtime", *SAMPLE_REGIONS]
    with Running(tmp_path, "run", *options, *source, "--port", "0") as program:
        port = program.wait_for(r"listening on wss://0\.0\.0\.0:(\d+)\n")[1]
        with Running(tmp_path, "watch", *options, "--port", port, "--after", "0", "--json") as watch:
            assert watch.process.stdout is not None
            kinds = set()
            while "line" not in kinds:
                kinds.add(json.loads(watch.process.stdout.readline())["type"])
            assert TOKEN not in watch.errors
        elsewhere = f"wss://localhost:{port}"
        trusting = {"SSL_CERT_FILE": str(certificate)}
        assert "certificate isn't trusted" in call(tmp_path, "watch", elsewhere).error
        without = call(tmp_path, "watch", elsewhere, **trusting)
        assert (without.code, "requires a token (--token-file)" in without.error) == (2, True)
        (tmp_path / "wrong").mkdir()
        wrong = token_file(tmp_path / "wrong", "not-the-right-token")
        refused = call(tmp_path, "watch", elsewhere, "--token-file", str(wrong), **trusting)
        assert (refused.code, "HTTP 401: the token is wrong" in refused.error) == (2, True)
        assert "the token is wrong" in program.errors
        assert TOKEN not in program.errors
        assert "not-the-right-token" not in program.errors
