"""The card of a trained model: README.md in the folder of the run."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import capture_daemon
from capture_daemon.common.visible import one_line
from capture_daemon.dataset.persona import Persona
from capture_daemon.tuning.training import History

LOSS_CURVE = "loss.png"
_PACKAGES = ("torch", "transformers", "trl", "peft")


def run_card(persona: Persona, report: Mapping[str, Any], history: History) -> str:
    """The card, of the persona, of what `run.json` says and of the losses."""
    head = "".join(f"{row}\n" for row in _head(persona, report))
    return f"---\n{head}---\n\n" + "".join(f"{row}\n" for row in _text(persona, report, history))


def _head(persona: Persona, report: Mapping[str, Any]) -> Iterator[str]:
    yield f"base_model: {json.dumps(report['base'], ensure_ascii=False)}"
    yield "library_name: peft"
    yield "pipeline_tag: text-generation"
    if persona.language:
        yield f"language:\n- {json.dumps(persona.language, ensure_ascii=False)}"
    yield "license: other"
    yield "license_name: of-the-base-and-of-the-game"
    yield "tags:\n- lora\n- dialogue\n- games"


def _text(persona: Persona, report: Mapping[str, Any], history: History) -> Iterator[str]:
    name = one_line(persona.name)
    yield f"# {name}\n"
    yield f"A LoRA that teaches a language model to talk like {name}, a character of a game, and the model with it."
    yield "It was trained on the game's own lines. What may be done with it is for the licences of the base and of the"
    yield "game to say.\n"
    yield "## How to talk to it\n"
    yield "`persona.toml` has the form it was trained on; `capture-daemon companion --persona-file persona.toml` uses"
    yield f"exactly that. What is served is `{report['served']}`. Any other program must send this system turn:\n"
    yield f"```text\n{persona.system}\n```\n"
    yield "## How it was trained\n"
    yield "| what | value |\n| --- | --- |"
    settings = report["settings"]
    rows = {
        "base": f"{one_line(report['base'])}, {report['parameters'] / 1e6:.0f} million parameters",
        "in 4 bits": "yes" if report["four_bit"] else "no",
        "rows for training": f"{report['rows']}, with {report['answers']} answers in {report['tokens']} trained tokens",
        "rows for the test": f"{report['test_rows']}, with {report['test_answers']} answers",
        "left out, longer than a row may be": str(report["left_out"]),
        "steps": f"{report['steps']}, of {settings['batch']} rows each",
        "LoRA": f"rank {settings['rank']}, in all linear layers but the last",
        "learning rate": f"{settings['learning_rate']:g}, falling along a cosine",
        "seed": str(settings["seed"]),
        "time": f"{report['seconds']:.0f} s on {report['device']}",
        "made by": f"capture-daemon {capture_daemon.__version__}, "
        + ", ".join(f"{package} {report['versions'][package]}" for package in _PACKAGES),
    }
    yield from (f"| {key} | {value} |" for key, value in rows.items())
    yield "\nOnly the answers were trained, with the mark that ends each; all else was masked.\n"
    yield "## How it went\n"
    yield "| step | loss of the training rows | loss of the test rows | perplexity of the test rows |"
    yield "| --- | --- | --- | --- |"
    yield from _losses(history, report["kept_step"])
    yield f"\n![Loss by step]({LOSS_CURVE})\n"
    if report["advice"]:
        yield from (f"- {one_line(note)}" for note in report["advice"])


def _losses(history: History, kept: int | None) -> Iterator[str]:
    trained, tested = dict(history.train), dict(history.test)
    shown = sorted(tested) if tested else sorted({*list(trained)[:1], *list(trained)[-1:]})
    for step in shown:
        train = f"{trained[step]:.3f}" if step in trained else ""
        test = f"{tested[step]:.3f} | {math.exp(tested[step]):.1f}" if step in tested else " | "
        yield f"| {step}{' (kept)' if step == kept else ''} | {train} | {test} |"
