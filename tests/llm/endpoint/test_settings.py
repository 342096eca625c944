from __future__ import annotations

import sys

import pytest

from capture_daemon.errors import ConfigurationError
from capture_daemon.llm.endpoint.settings import OPENAI, endpoint_settings, need_llm_extra

HERE = "http://localhost:8080/v1"


def test_from_the_environment() -> None:
    found = endpoint_settings({"OPENAI_BASE_URL": f"{HERE}/", "OPENAI_MODEL": "m", "OPENAI_API_KEY": "secret"})
    assert (found.base_url, found.model, found.key) == (HERE, "m", "secret")
    assert "secret" not in repr(found)


def test_options_win() -> None:
    found = endpoint_settings({"OPENAI_BASE_URL": "http://other", "OPENAI_MODEL": "other"}, HERE, "m", time_limit=5)
    assert (found.base_url, found.model, found.time_limit) == (HERE, "m", 5)


def test_openai_itself_is_meant_only_with_a_key() -> None:
    assert endpoint_settings({"OPENAI_MODEL": "m", "OPENAI_API_KEY": "secret"}).base_url == OPENAI
    with pytest.raises(ConfigurationError, match="no endpoint is named: set OPENAI_BASE_URL"):
        endpoint_settings({"OPENAI_MODEL": "m"})


def test_a_model_has_to_be_named() -> None:
    with pytest.raises(ConfigurationError, match="no model is named: set OPENAI_MODEL"):
        endpoint_settings({"OPENAI_BASE_URL": HERE})


@pytest.mark.parametrize(
    "url", ["localhost:8080", "http://", "ftp://x", "http://x:port", "http://u:hush@x", "http://x?a"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ConfigurationError, match="is not the address of an endpoint") as caught:
        endpoint_settings({}, url, "m")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "here"),
    [(HERE, True), ("http://127.0.0.2/v1", True), ("http://[::1]:1", True), ("https://api.example/v1", False)],
)
def test_what_is_on_this_machine(url: str, here: bool) -> None:
    assert endpoint_settings({}, url, "m").is_here is here


@pytest.mark.parametrize("name", ["openai", "prompt_toolkit"])
def test_what_is_missing_is_named_with_its_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ConfigurationError, match=rf"{name}: install it by `.*{name.replace('_', '-')}"):
        need_llm_extra()
