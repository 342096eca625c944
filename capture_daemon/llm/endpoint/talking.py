"""Talking to a model: a question and its answer, whole or piece by piece, with limits and new attempts."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

from openai import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    AsyncOpenAI,
    AsyncStream,
    DefaultAsyncHttpxClient,
)
from openai.types.chat import ChatCompletionChunk

from capture_daemon.common.backoff import Backoff
from capture_daemon.errors import (
    EndpointBusyError,
    EndpointError,
    EndpointLengthError,
    EndpointLoadingError,
    EndpointQuestionError,
    EndpointSlowError,
)
from capture_daemon.llm.endpoint.chat_messages import Answer, Message, about_tokens, about_tokens_of, printable
from capture_daemon.llm.endpoint.context import context_of, is_too_long, slot_context_of
from capture_daemon.llm.endpoint.sampling import AS_IT_IS, Sampling
from capture_daemon.llm.endpoint.settings import EndpointSettings

logger = logging.getLogger(__name__)

FIRST_DELAY = 0.5
LONGEST_DELAY = 8.0
"""Seconds between two attempts, where the endpoint asks for nothing else."""
LONGEST_WAIT = 120.0
"""Seconds; an endpoint that asks for more is left alone."""
SLOW_ATTEMPTS = 2
"""How often a question is put that gets no answer in time: each time costs the whole limit."""
LOADING_LIMIT = 30.0
LOADING_DELAY = 1.0
"""Seconds to wait for a model that is being loaded, in all and between two attempts."""
CONTEXT_LIMIT = 5.0
"""Seconds to wait for what an endpoint says of its models."""
LONGEST_ANSWER = 1 << 16
"""Characters; a streamed answer that goes on past them is broken off."""
_LATER = (408, 409, 425, 429)
_THIS_ONE = (400, 413, 422)
_REFUSALS = ("content_filter", "content_policy_violation")
_REMEDIES = {401: "look at OPENAI_API_KEY", 403: "look at OPENAI_API_KEY", 404: "look at the address and the model"}
_NO_REMEDY = "trying again would not help"
_NO_SCHEMA = (400, 404, 415, 422, 500, 501)
"""What endpoints answer that don't know `response_format`."""
_TOLD = 200

Result = TypeVar("Result")


class Endpoint:
    """One model at one endpoint. Everything it raises is an EndpointError; see there for the kinds."""

    def __init__(self, settings: EndpointSettings, before_request: Callable[[], Awaitable[None]] | None = None) -> None:
        """`before_request` is awaited before each request, repeated ones too: it may wait, or raise to have none."""
        self._settings = settings
        self._before_request = before_request
        # Attempts are made here, so that each can be counted and broken answers are asked for again, too.
        self._client = AsyncOpenAI(
            base_url=settings.base_url,
            api_key=settings.key,
            max_retries=0,
            timeout=settings.time_limit,
            # A proxy for what is outside has no business with what is here.
            http_client=DefaultAsyncHttpxClient(trust_env=False) if settings.is_here else None,
        )
        self._limit_name = "max_tokens"
        self._takes_schema = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.close()

    async def ask(self, messages: Sequence[Message], longest: int, sampling: Sampling = AS_IT_IS) -> Answer:
        """The answer to these messages, of at most `longest` tokens."""
        return await self._with_attempts(lambda: self._ask_once(messages, longest, sampling))

    async def context(self) -> int | None:
        """How many tokens a question and its answer may have; None if the endpoint doesn't say."""
        base = self._settings.base_url
        places = ((f"{base.removesuffix('/v1')}/props", slot_context_of), (f"{base}/models", self._context_of))
        for address, read in places:
            try:
                async with asyncio.timeout(CONTEXT_LIMIT):
                    found = read(await self._client.get(address, cast_to=object))
            except (TimeoutError, APIError, ValueError, RecursionError):
                continue
            if found is not None:
                return found
        return None

    def _context_of(self, models: object) -> int | None:
        return context_of(models, self._settings.model)

    async def stream(
        self, messages: Sequence[Message], longest: int, sampling: Sampling = AS_IT_IS
    ) -> AsyncGenerator[str, None]:
        """The answer piece by piece, each without control characters.

        New attempts are made until the first piece is there. Close the generator to break the answer off.
        """
        first, pieces = await self._with_attempts(lambda: self._begin(messages, longest, sampling))
        try:
            yield first
            async for piece in pieces:
                yield piece
        finally:
            await pieces.aclose()

    async def _with_attempts(self, once: Callable[[], Awaitable[Result]]) -> Result:
        delays = Backoff(FIRST_DELAY, LONGEST_DELAY)
        loop = asyncio.get_running_loop()
        loaded_by = loop.time() + LOADING_LIMIT
        slow = 0
        while True:
            try:
                return await once()
            except EndpointLoadingError as error:
                if loop.time() >= loaded_by:
                    raise
                logger.info("%s; waiting for it", error)
                await asyncio.sleep(LOADING_DELAY)
            except EndpointBusyError as error:
                slow += isinstance(error, EndpointSlowError)
                if slow >= SLOW_ATTEMPTS:
                    raise
                delay = delays.next() if error.retry_after is None else error.retry_after
                if error.retry_after is not None:
                    delays.next()
                if delays.failures >= self._settings.attempts or delay > LONGEST_WAIT:
                    raise
                logger.info("%s; trying again in %.1f s", error, delay)
                await asyncio.sleep(delay)

    async def _create(self, messages: Sequence[Message], longest: int, sampling: Sampling, stream: bool) -> Any:
        """What openai's client gives.

        Newer models of OpenAI know the limit by another name, and not every endpoint takes a schema.
        """
        client: Any = self._client.chat.completions
        for _ in range(3):
            if self._before_request is not None:
                await self._before_request()
            limit = {self._limit_name: longest}
            try:
                async with asyncio.timeout(self._settings.time_limit):
                    return await client.create(
                        model=self._settings.model,
                        messages=[message.to_dict() for message in messages],
                        stream=stream,
                        **limit,
                        **sampling.to_dict(with_schema=self._takes_schema),
                    )
            except APIStatusError as error:
                if error.status_code == 400 and error.param == "max_tokens" and self._limit_name == "max_tokens":
                    self._limit_name = "max_completion_tokens"
                elif sampling.schema is not None and self._takes_schema and _may_be_the_schema(error):
                    self._takes_schema = False
                else:
                    raise
        raise AssertionError("there are only two ways to change a request")

    async def _ask_once(self, messages: Sequence[Message], longest: int, sampling: Sampling) -> Answer:
        about = about_tokens_of(messages)
        with self._translated():
            try:
                completion = await self._create(messages, longest, sampling, stream=False)
            except APIStatusError as error:
                if error.code in _REFUSALS:
                    return Answer("", about, refused=True)
                raise
            return self._answer(completion, about)

    def _answer(self, completion: Any, about: int) -> Answer:
        """The answer in what came; openai's client doesn't check its form."""
        try:
            choice = completion.choices[0]
            text, refusal = choice.message.content or "", getattr(choice.message, "refusal", None)
            usage = getattr(completion.usage, "total_tokens", None)
        except (AttributeError, IndexError, TypeError, KeyError):
            raise self._busy("the answer is no chat completion") from None
        if not isinstance(text, str):
            raise self._busy("the answer is no text")
        tokens = usage if isinstance(usage, int) and usage > 0 else about + about_tokens(text)
        if refusal or choice.finish_reason == "content_filter":
            return Answer(printable(str(refusal or text)), tokens, refused=True)
        return Answer(text, tokens)

    async def _begin(
        self, messages: Sequence[Message], longest: int, sampling: Sampling
    ) -> tuple[str, AsyncGenerator[str, None]]:
        """The first piece of an answer, and what gives the others."""
        with self._translated():
            stream = await self._create(messages, longest, sampling, stream=True)
            pieces = self._pieces(stream)
            try:
                return await anext(pieces), pieces
            except StopAsyncIteration:
                raise self._busy("the answer is empty") from None
            except BaseException:
                await pieces.aclose()
                raise

    async def _pieces(self, stream: AsyncStream[ChatCompletionChunk]) -> AsyncGenerator[str, None]:
        """What is said in a stream. Raises EndpointBusyError if it stops before its end."""
        chunks = aiter(stream)
        length, ended = 0, False
        try:
            while length < LONGEST_ANSWER:
                with self._translated():
                    async with asyncio.timeout(self._settings.time_limit):
                        chunk = await anext(chunks, None)
                if chunk is None:
                    break
                piece, reason = _said(chunk)
                if reason == "content_filter" and not length:
                    raise EndpointQuestionError(f"{self._settings.base_url}: the model refuses to answer")
                ended = ended or reason is not None
                if piece:
                    length += len(piece)
                    yield printable(piece)
        finally:
            await stream.close()
        if not ended:
            raise self._busy("the answer broke off")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """What openai's client raises, as errors of ours."""
        try:
            yield
        except (TimeoutError, APITimeoutError):
            limit = f"no answer within {self._settings.time_limit:g} s"
            raise EndpointSlowError(f"{self._settings.base_url}: {limit}: --time-limit allows more") from None
        except APIStatusError as error:
            raise self._refused(error) from error
        except APIConnectionError as error:
            raise self._busy(f"no connection: {error.__cause__ or error}") from error
        except APIError as error:
            raise self._busy(f"the answer broke off: {_told(error)}") from error
        except (ValueError, RecursionError) as error:  # what should have been JSON
            raise self._busy("the answer is no JSON") from error

    def _refused(self, error: APIStatusError) -> EndpointError:
        status = error.status_code
        said = f"HTTP {status}: {_told(error)}"
        if status == 503 and "loading" in said.lower():
            return EndpointLoadingError(f"{self._settings.base_url}: {said}")
        if status in _THIS_ONE and is_too_long(error.body, said):
            return EndpointLengthError(f"{self._settings.base_url}: {said}")
        if (status in _LATER or status >= 500) and error.code != "insufficient_quota":
            return self._busy(said, _retry_after(error))
        if status in _THIS_ONE:
            return EndpointQuestionError(f"{self._settings.base_url}: {said}")
        return EndpointError(f"{self._settings.base_url}: {said}: {_REMEDIES.get(status, _NO_REMEDY)}")

    def _busy(self, what: str, retry_after: float | None = None) -> EndpointBusyError:
        return EndpointBusyError(f"{self._settings.base_url}: {what}", retry_after)


def _may_be_the_schema(error: APIStatusError) -> bool:
    """Whether a refusal may be for `response_format`: not where it is for the question's length or a filter."""
    return (
        error.status_code in _NO_SCHEMA
        and error.code not in _REFUSALS
        and not is_too_long(error.body, str(error.message))
        and (error.status_code < 500 or "response_format" in str(error.message) or "schema" in str(error.message))
    )


def _said(chunk: Any) -> tuple[str, str | None]:
    """The text in a piece of a stream, and why the answer ends with it, if it does."""
    try:
        choice = chunk.choices[0]
        delta = choice.delta
        text = delta.content or getattr(delta, "refusal", None) or ""
        return str(text), choice.finish_reason
    except (AttributeError, IndexError, TypeError, KeyError):
        return "", None  # figures, or what a newer server adds


def _told(error: APIError) -> str:
    body = error.body
    message = body.get("message") if isinstance(body, dict) else None
    return printable(str(message or error.message))[:_TOLD].strip().rstrip(".")


def _retry_after(error: APIStatusError) -> float | None:
    """Seconds; None if the endpoint asks for none, or gives a date."""
    try:
        seconds = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
