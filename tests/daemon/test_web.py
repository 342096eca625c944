"""What `/healthz` says."""

from __future__ import annotations

import json

import pytest

from capture_daemon.daemon.web import health
from capture_daemon.records import Status, StatusState

WORKING = [Status(what="source", state="capturing"), Status(what="ocr", state="capturing")]


def test_all_is_well() -> None:
    page = health(WORKING, version="1.2.3", silence=12.34)
    assert page.status == 200
    assert json.loads(page.body) == {
        "ok": True,
        "wrong": [],
        "states": {"source": "capturing", "ocr": "capturing"},
        "seconds_since_line": 12.3,
        "version": "1.2.3",
    }


@pytest.mark.parametrize("state", ["lost", "degraded", "waiting"])
def test_one_part_that_fails_is_named(state: StatusState) -> None:
    page = health([*WORKING, Status(what="log", state=state, detail="the disk is full")], version="1", silence=None)
    assert page.status == 503
    assert json.loads(page.body)["wrong"] == [f"log is {state}"]


def test_a_pause_is_no_fault() -> None:
    assert health([Status(what="source", state="paused")], version="1", silence=None).status == 200


def test_details_are_not_told() -> None:
    page = health([Status(what="ocr", state="degraded", detail="secret words")], version="1", silence=None)
    assert b"secret" not in page.body
