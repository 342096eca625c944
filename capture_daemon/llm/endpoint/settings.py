"""Which endpoint is asked: from options, else from the variables that OpenAI's own programs go by."""

from __future__ import annotations

import importlib.util
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from capture_daemon.common.installing import extra_command
from capture_daemon.errors import ConfigurationError

OPENAI = "https://api.openai.com/v1"
TIME_LIMIT = 60.0
ATTEMPTS = 4
_NO_KEY = "none"


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Where a model is, and how long it is waited for."""

    base_url: str
    model: str
    key: str = field(default=_NO_KEY, repr=False)
    time_limit: float = TIME_LIMIT
    """Seconds for a whole answer, or between two pieces of a streamed one."""
    attempts: int = ATTEMPTS
    """How often a question is put, all in all."""

    @property
    def is_here(self) -> bool:
        """Whether the endpoint is on this machine."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"


def endpoint_settings(
    environment: Mapping[str, str], base_url: str | None = None, model: str | None = None, **limits: float
) -> EndpointSettings:
    """The endpoint of these options, else of OPENAI_BASE_URL, OPENAI_MODEL and OPENAI_API_KEY.

    Raises ConfigurationError if no model or no endpoint is named, or the address is none. OpenAI's own endpoint is
    only meant where there is a key for it.
    """
    model = model or environment.get("OPENAI_MODEL")
    if not model:
        raise ConfigurationError("no model is named: set OPENAI_MODEL, or give --model")
    key = environment.get("OPENAI_API_KEY") or None
    base_url = base_url or environment.get("OPENAI_BASE_URL") or (OPENAI if key else None)
    if not base_url:
        raise ConfigurationError("no endpoint is named: set OPENAI_BASE_URL, or give --base-url")
    return EndpointSettings(_checked(base_url), model, key or _NO_KEY, **limits)  # type: ignore[arg-type]


def need_llm_extra() -> None:
    """Raise ConfigurationError if the extra [llm] is not installed."""
    for name in ("openai", "prompt_toolkit"):
        if importlib.util.find_spec(name) is None:
            raise ConfigurationError(f"this needs {name}: install it by `{extra_command('llm')}`")


def _checked(base_url: str) -> str:
    """Raises ConfigurationError, and says nothing of a password, if it is no address of an endpoint."""
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.query
    except ValueError:
        usable, parts = False, urlsplit("")
    if not usable or parts.username is not None:
        raise ConfigurationError(
            f"{base_url.rpartition('@')[2].partition('?')[0]!r} is not the address of an endpoint: "
            "it looks like http://localhost:8080/v1"
        )
    return base_url.rstrip("/")
