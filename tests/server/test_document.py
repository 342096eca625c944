"""docs/protocol.md against the program."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from http import HTTPStatus
from pathlib import Path
from typing import get_args

from capture_daemon.records import RECORDS, Choice, GapReason, Line, StatusState, StatusSubject, parse_record
from capture_daemon.server import (
    acceptor,
    channels,
    control,
    handler,
    router,
    routes,
    server,
    subscription,
    throttle,
    tokens,
)
from capture_daemon.server.channels import CloseReason

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")


def test_every_record_is_shown_as_it_is() -> None:
    shown = [parse_record(text) for text in re.findall(r'\{"type": (?!"auth").*?\}(?=`|$)', DOCUMENT, re.MULTILINE)]
    assert {record.type for record in shown} == set(RECORDS)
    for record in shown:
        assert record.to_json() in DOCUMENT


def test_every_key_of_a_line_and_a_choice_is_explained() -> None:
    table = DOCUMENT.partition("## The log")[0]
    explained = {
        name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert explained == {field.name for kind in (Line, Choice) for field in fields(kind)}


def test_the_sentence_is_shown_as_it_is() -> None:
    lines = (parse_record(text) for text in re.findall(r'^\{"type": "line".*\}$', DOCUMENT, re.MULTILINE))
    (line,) = (record for record in lines if isinstance(record, Line))
    assert line.to_sentence() in DOCUMENT
    assert json.loads(line.to_sentence())["sentence"] == line.text


def test_every_close_code_query_path_and_word_is_named() -> None:
    said = [*vars(channels).values(), *vars(handler).values(), *vars(control).values()]
    codes = {value.code for value in said if isinstance(value, CloseReason)}
    assert codes | {1009} == {int(code) for code in re.findall(r"^\| (1\d\d\d) \|", DOCUMENT, re.MULTILINE)}
    for word in (*get_args(GapReason), *get_args(StatusSubject), *get_args(StatusState)):
        assert f"`{word}`" in DOCUMENT or word == "rotated"
    for word in ("after=SEQ", "stream=ID", "partials=1", routes.LINES_PATH, *routes.TEXTHOOKER_PATHS):
        assert word in DOCUMENT
    assert f"more than {subscription.LIMIT} lines or {channels.SEND_LIMIT:.0f} seconds" in DOCUMENT


def test_every_path_and_limit_of_the_server_is_named() -> None:
    for path in (*router.VIEWER_PATHS, router.HEALTH_PATH, router.METRICS_PATH):
        assert f"| `{path}` |" in DOCUMENT
    assert f"within {handler.TOKEN_LIMIT:.0f} seconds" in DOCUMENT
    assert handler.TOKEN_LIMIT == 5, "and in words"
    assert acceptor.HANDSHAKE_LIMIT == server.HANDSHAKE_LIMIT == 10, "in words"
    assert f"{throttle.BYTES_A_SECOND / 2**20:g} MiB a second" in DOCUMENT
    assert f"{throttle.RATE:.0f} messages a second are taken, and {throttle.AT_ONCE:,} at once" in DOCUMENT
    assert f"more than {server.LARGEST_MESSAGE // 1024} KiB" in DOCUMENT
    assert f"at least {tokens.SHORTEST} characters" in DOCUMENT


def test_every_status_of_a_refusal_is_named() -> None:
    package = Path(router.__file__).parent
    source = "".join((package / f"{name}.py").read_text() for name in ("router", "origin_policy", "routes", "server"))
    for name in set(re.findall(r"RefusedError\(\s*HTTPStatus\.([A-Z_]+)", source)):
        assert str(HTTPStatus[name].value) in DOCUMENT, name
