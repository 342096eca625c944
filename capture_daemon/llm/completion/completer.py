"""Asking for the turns that are missing: from the cache, else from the endpoint, a few at a time, within limits."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from capture_daemon.common import signals
from capture_daemon.dataset.conversations import Conversation
from capture_daemon.errors import (
    CaptureDaemonError,
    EndpointBusyError,
    EndpointError,
    EndpointLengthError,
    EndpointQuestionError,
    StoppedError,
    first_known,
)
from capture_daemon.llm.completion.answers import SCHEMA, read_answer
from capture_daemon.llm.completion.asking import CompletionPrompts, Question, questions, with_turns
from capture_daemon.llm.completion.cache import Cache
from capture_daemon.llm.endpoint.chat_messages import Answer, Message, about_tokens_of
from capture_daemon.llm.endpoint.sampling import TEMPERATURE, TOP_P, Sampling
from capture_daemon.llm.endpoint.settings import EndpointSettings
from capture_daemon.llm.endpoint.talking import Endpoint


class SpentError(Exception):
    """No more may be asked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit."""

    requests_a_minute: float | None = None
    requests: int | None = None
    tokens: int | None = None


class Allowance:
    """Counts what is asked, and holds it back."""

    def __init__(self, limits: Limits) -> None:
        self.requests = 0
        """Requests sent, those that failed too."""
        self.tokens = 0
        """Tokens spent, or held for questions that are on their way."""
        self._limits = limits
        self._next = 0.0

    async def before_request(self) -> None:
        """Wait for the next permitted request. Raises SpentError if there will be none."""
        limits = self._limits
        if limits.requests is not None and self.requests >= limits.requests:
            raise SpentError
        self.requests += 1
        if limits.requests_a_minute is not None:
            now = asyncio.get_running_loop().time()
            turn = max(now, self._next)
            self._next = turn + 60.0 / limits.requests_a_minute
            await asyncio.sleep(turn - now)

    def hold(self, tokens: int) -> None:
        """Set tokens aside for a question and its answer. Raises SpentError if they would be too many."""
        if self._limits.tokens is not None and self.tokens + tokens > self._limits.tokens:
            raise SpentError
        self.tokens += tokens

    def settle(self, held: int, spent: int) -> None:
        """Put what was spent in the place of what was held."""
        self.tokens += spent - held


AT_A_TIME = 4
ANSWER_TOKENS = 200
ATTEMPTS = 3
"""How often a question is put whose answer makes no sense."""
_GIVEN_UP = 5
"""Questions that fail one after another, after which no more are put."""


@dataclass(slots=True)
class Outcome:
    """What became of the turns that were missing."""

    missing: int = 0
    written: int = 0
    known: int = 0
    """Those among the written that cost nothing: they were in the cache, or asked for already."""
    declined: int = 0
    """Where the model refused, or found that nothing fits."""
    failed: int = 0
    left: int = 0
    """Those not asked for, since a limit was reached."""
    requests: int = 0
    tokens: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """Why questions failed, and how many for each reason."""


@dataclass
class Completer:
    """Puts in the turns that are missing; `outcome` is how that went."""

    persona: str
    endpoint: EndpointSettings
    prompts: CompletionPrompts
    cache: Cache
    limits: Limits = field(default_factory=Limits)
    context: int | None = None
    """How many tokens the model takes; None asks the endpoint."""
    temperature: float = TEMPERATURE
    top_p: float = TOP_P
    on_progress: Callable[[int, int], None] = lambda done, of: None
    """Called with the number of questions done, and of all."""
    outcome: Outcome = field(default_factory=Outcome, init=False)

    def __call__(self, conversations: Sequence[Conversation]) -> list[Conversation]:
        """The conversations with generated turns where some were missing and the model knew any.

        Raises EndpointError if the endpoint refuses, fails again and again, or has no turn written,
        ConfigurationError if the cache can't be used, StoppedError at SIGINT or SIGTERM. What was answered until
        then is kept.
        """
        asked = {(one.conversation, one.place): one for one in questions(conversations, self.persona, self.prompts)}
        self.outcome = Outcome(missing=len(asked))
        unknown: dict[str, Question] = {}
        for question in asked.values():
            if self.cache.get(key := question.key(self.endpoint.model)) is None:
                unknown.setdefault(key, question)
        asking = asyncio.run(self._ask_all(unknown)) if unknown else None
        written_now, failed = (asking.written, asking.failed) if asking else (0, set[str]())
        turns = self._collect(asked, written_now, failed)
        if asking:
            self.outcome.reasons = asking.reasons
        if self.outcome.failed and not turns:
            reasons = "; ".join(self.outcome.reasons)
            raise EndpointError(f"no missing turn was written, {self.outcome.failed} failed: {reasons}")
        return with_turns(conversations, turns)

    def _collect(
        self, asked: dict[tuple[int, int], Question], written_now: int, failed: set[str]
    ) -> dict[tuple[int, int], str]:
        turns = {}
        for place, question in asked.items():
            key = question.key(self.endpoint.model)
            kept = self.cache.get(key)
            if kept is None:
                self.outcome.failed += key in failed
            elif kept.said is None:
                self.outcome.declined += 1
            else:
                turns[place] = kept.said
        self.outcome.written = len(turns)
        self.outcome.known = len(turns) - written_now
        self.outcome.left = self.outcome.missing - len(turns) - self.outcome.declined - self.outcome.failed
        return turns

    async def _ask_all(self, unknown: dict[str, Question]) -> _Asking:
        allowance = Allowance(self.limits)
        async with Endpoint(self.endpoint, allowance.before_request) as endpoint:
            context = self.context or await endpoint.context()
            sampling = Sampling(temperature=self.temperature, top_p=self.top_p, schema=SCHEMA)
            waiting = deque(unknown.items())
            asking = _Asking(endpoint, allowance, self.cache, waiting, self.on_progress, sampling, context)
            try:
                with signals.stopping(asking.stop):
                    async with asyncio.TaskGroup() as group:
                        asking.workers = [group.create_task(asking.work()) for _ in range(AT_A_TIME)]
            except BaseExceptionGroup as several:
                known = several.subgroup(CaptureDaemonError)
                raise (several if known is None else first_known(known)) from None
        if asking.stopped:
            raise StoppedError("stopped: what was answered is kept for the next time")
        self.outcome.requests, self.outcome.tokens = allowance.requests, allowance.tokens
        return asking


class _Asking:
    """One run over questions, shared by those who ask."""

    def __init__(  # noqa: PLR0913, PLR0917 - what all of them share
        self,
        endpoint: Endpoint,
        allowance: Allowance,
        cache: Cache,
        waiting: deque[tuple[str, Question]],
        on_progress: Callable[[int, int], None],
        sampling: Sampling,
        context: int | None,
    ) -> None:
        self.reasons: Counter[str] = Counter()
        self._sampling = sampling
        self._context = context
        self.written = 0
        self.failed: set[str] = set()
        self.stopped = False
        self.workers: list[asyncio.Task[None]] = []
        self._endpoint = endpoint
        self._allowance = allowance
        self._cache = cache
        self._waiting = waiting
        self._of = len(waiting)
        self._done = 0
        self._failed_in_a_row = 0
        self._on_progress = on_progress

    def stop(self) -> None:
        """Ask no more, and wait for no answer."""
        self.stopped = True
        for worker in self.workers:
            worker.cancel()

    async def work(self) -> None:
        """Take questions until there are none."""
        while self._waiting:
            key, question = self._waiting.popleft()
            try:
                said = await self._ask(question)
            except SpentError:
                self._waiting.clear()
                return
            except (EndpointBusyError, EndpointQuestionError) as error:
                self.failed.add(key)
                self.reasons[str(error)] += 1
                self._note_failure(error)
            else:
                await asyncio.to_thread(self._cache.put, key, said)
                self._failed_in_a_row = 0
                self.written += said is not None
            self._done += 1
            self._on_progress(self._done, self._of)

    async def _ask(self, question: Question) -> str | None:
        """What the player said, None if the model has nothing; raises SpentError and EndpointError."""
        messages = question.messages
        if self._context is not None and about_tokens_of(messages) + ANSWER_TOKENS > self._context:
            messages = question.shorter
        wrong = ""
        for _ in range(ATTEMPTS):
            try:
                answer = await self._put(messages)
            except EndpointLengthError:
                if messages == question.shorter:
                    raise
                messages = question.shorter
                answer = await self._put(messages)
            if answer.refused:
                return None
            try:
                return read_answer(answer.text, question.around)
            except ValueError as error:
                wrong = str(error)
        raise EndpointBusyError(f"the model's answers are not what was asked for, {ATTEMPTS} times: {wrong}")

    async def _put(self, messages: Sequence[Message]) -> Answer:
        about = about_tokens_of(messages) + ANSWER_TOKENS
        self._allowance.hold(about)
        spent = 0
        try:
            answer = await self._endpoint.ask(messages, ANSWER_TOKENS, self._sampling)
            spent = answer.tokens
        finally:
            self._allowance.settle(about, spent)
        return answer

    def _note_failure(self, error: EndpointError) -> None:
        self._failed_in_a_row += 1
        if self._failed_in_a_row >= _GIVEN_UP:
            raise EndpointError(
                f"{error}: given up after {_GIVEN_UP} questions in a row; what was answered is kept for the next time"
            )
