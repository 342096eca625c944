"""A tuned model against its base: how well each foresees the game's own answers, and what each says itself.

Both are measured with what the companion sends them: the tuned one with the form that it was trained on, the base with
the longer prompt; and each with the other's, to show what form and training do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from capture_daemon.dataset.persona import Persona
from capture_daemon.errors import ConfigurationError
from capture_daemon.llm.companion.companion import LONGEST_ANSWER
from capture_daemon.llm.companion.composing import CompanionPrompts, prompt_messages
from capture_daemon.llm.companion.leash import Leash
from capture_daemon.llm.endpoint.sampling import TEMPERATURE, TOP_P
from capture_daemon.records import Line
from capture_daemon.tuning.base_model import find_base, load_model, load_tokenizer
from capture_daemon.tuning.masking import Encoded, prompt_of, tokenised
from capture_daemon.tuning.merging import ADAPTER
from capture_daemon.tuning.rows import RowTurn, TrainingRow, TuningData
from capture_daemon.tuning.settings import TuneSettings


def answers_of(rows: Sequence[TrainingRow]) -> list[TrainingRow]:
    """A row for each answer, which is its last turn and the only one that counts."""
    made = []
    for row in rows:
        for place, turn in enumerate(row.turns):
            if turn.trained:
                before = tuple(RowTurn(one.role, one.text) for one in row.turns[:place])
                made.append(TrainingRow((*before, turn)))
    return made


def with_prompts(row: TrainingRow, persona: Persona, prompts: CompanionPrompts) -> TrainingRow:
    """The same answer to what the companion sends to a model that wasn't trained: the talk is on screen.

    What the others say before the answer is what the player says.
    """
    *before, asked, answer = row.turns[1:]
    scene = [_line(text, turn, persona) for turn in before for text in turn.text.splitlines()]
    messages = prompt_messages(prompts, persona, (), scene, asked.text)
    assert messages is not None, "there is always something to answer where the player speaks"
    return TrainingRow((*(RowTurn(message.role, message.content) for message in messages), answer))


def _line(text: str, turn: RowTurn, persona: Persona) -> Line:
    return Line(
        stream="",
        seq=0,
        session="",
        time="",
        started="",
        media_time=0.0,
        media_started=0.0,
        speaker=persona.name if turn.role == "assistant" else None,
        text=text,
        rows=[text],
        language=persona.language,
        confidence=1.0,
        source="",
        region="dialogue",
        box=[],
    )


ANSWERS = 10
"""How many answers are shown side by side."""
FORMS = ("the trained form", "the companion's prompt")


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What stood before an answer of the game, that answer, and what each model says instead."""

    talk: tuple[tuple[str, str], ...]
    game: str
    base: str
    tuned: str


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """Perplexities of the test answers by model ("base", "tuned") and form, and answers side by side."""

    persona: str
    base: str
    answers: int
    tokens: int
    perplexity: dict[str, dict[str, float]]
    shown: tuple[SideBySide, ...]


@dataclass(frozen=True, slots=True)
class ComparisonOptions:
    """How many answers are shown, and how they are sampled; a temperature of 0 always takes the likeliest word."""

    answers: int = ANSWERS
    temperature: float = TEMPERATURE
    top_p: float = TOP_P
    seed: int = 0


def compare(
    folder: Path,
    settings: TuneSettings,
    data: TuningData,
    options: ComparisonOptions,
    on_progress: Callable[[str], None],
) -> ModelComparison:
    """Compare the model in a run's folder with its base.

    Raises ConfigurationError if the data set has no test rows, and ModelError if a model can't be loaded.
    """
    rows = answers_of(data.test)
    if not rows:
        raise ConfigurationError(
            f"{data.folder}: has no test rows to compare by: export again, with a shorter --scene-gap, and tune again"
        )
    from peft import PeftModel  # noqa: PLC0415 - the extra, and slow to import

    base = find_base(settings.base)
    tokenizer = load_tokenizer(base)
    # Both with the weights as they are, so that nothing but the training makes a difference.
    model = PeftModel.from_pretrained(load_model(base), str(folder / ADAPTER)).eval()
    models: dict[str, Callable[[], AbstractContextManager[Any]]] = {"base": model.disable_adapter, "tuned": nullcontext}
    persona = replace(data.persona, tuned=False)
    prompts = CompanionPrompts.read()
    forms = dict(zip(FORMS, (rows, [with_prompts(row, persona, prompts) for row in rows]), strict=True))
    longest = model.config.max_position_embeddings
    encoded = {form: [_encoded(tokenizer, row, longest) for row in asked] for form, asked in forms.items()}
    # An answer counts only where every form has room for it.
    fits = [place for place in range(len(rows)) if all(encoded[form][place] is not None for form in FORMS)]
    perplexity: dict[str, dict[str, float]] = {}
    tokens = 0
    for name, using in models.items():
        perplexity[name] = {}
        for form in FORMS:
            on_progress(f"measuring the {name} model with {form}")
            with using():
                chosen = [one for place in fits if (one := encoded[form][place]) is not None]
                perplexity[name][form], tokens = perplexity_of(model, chosen)
    step = max(1.0, len(fits) / max(1, options.answers))
    shown: list[SideBySide] = []
    for place in [fits[int(step * number)] for number in range(min(options.answers, len(fits)))]:
        on_progress(f"asking both models, {len(shown) + 1} of {min(options.answers, len(fits))}")
        said = {}
        for name, form in zip(models, reversed(FORMS), strict=True):
            with models[name]():
                said[name] = answer(model, tokenizer, forms[form][place], persona.name, options)
        *talk, last = rows[place].turns[1:]
        shown.append(SideBySide(tuple((turn.role, turn.text) for turn in talk), last.text, said["base"], said["tuned"]))
    return ModelComparison(persona.name, base.name, len(fits), tokens, perplexity, tuple(shown))


def perplexity_of(model: Any, rows: Sequence[Encoded]) -> tuple[float, int]:
    """The perplexity of the trained tokens of rows, and how many there are."""
    import torch  # noqa: PLC0415 - the extra

    total, count = 0.0, 0
    with torch.no_grad():
        for row in rows:
            tokens = torch.tensor([row.tokens], device=model.device)
            labels = torch.tensor(row.labels[1:], device=model.device)
            logits = model(input_ids=tokens).logits[0, :-1].float()
            loss = torch.nn.functional.cross_entropy(logits, labels, ignore_index=-100, reduction="sum")
            total, count = total + float(loss), count + row.trained
    return (math.exp(total / count) if count else math.nan), count


def answer(model: Any, tokenizer: Any, row: TrainingRow, name: str, options: ComparisonOptions) -> str:
    """What a model says in place of a row's answer, cut off as the companion does it."""
    import torch  # noqa: PLC0415
    from transformers import StoppingCriteriaList  # noqa: PLC0415

    asked = tokenizer(prompt_of(tokenizer, row.turns[:-1]), add_special_tokens=False, return_tensors="pt")
    torch.manual_seed(options.seed)
    sampling: dict[str, Any] = {"do_sample": False}
    if options.temperature > 0:
        sampling = {"do_sample": True, "temperature": options.temperature, "top_p": options.top_p, "top_k": 0}
    begins, stops = asked["input_ids"].shape[1], (f"\n{name}:",)

    def text_of(tokens: Any) -> str:
        return str(tokenizer.decode(tokens[0][begins:], skip_special_tokens=True))

    def is_over(tokens: Any, scores: Any, **rest: Any) -> Any:
        leash = Leash(stops=stops)
        leash.take(text_of(tokens))
        return torch.tensor([leash.is_over], device=tokens.device)

    with torch.no_grad():
        made = model.generate(
            **asked.to(model.device),
            max_new_tokens=LONGEST_ANSWER,
            pad_token_id=tokenizer.eos_token_id,
            stopping_criteria=StoppingCriteriaList([is_over]),
            **sampling,
        )
    leash = Leash(stops=stops)
    return (leash.take(text_of(made)) + leash.rest()).strip()


def _encoded(tokenizer: Any, row: TrainingRow, longest: int) -> Encoded | None:
    """All of the row in tokens; None if it is too long for the model."""
    made = tokenised(tokenizer, TrainingRow(row.turns), longest * 8)
    return made[0] if made and len(made[0].tokens) <= longest else None
