"""Options of the commands for personas and language models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PersonaOption = Annotated[
    str,
    typer.Option("--persona", metavar="NAME", help="The character to learn from, by the name in the game."),
]
PromptsOption = Annotated[
    Path | None, typer.Option("--prompts", metavar="DIR", help="A folder with prompts of your own.")
]
BaseUrlOption = Annotated[
    str | None, typer.Option("--base-url", metavar="URL", help="The endpoint, instead of OPENAI_BASE_URL.")
]
ModelOption = Annotated[str | None, typer.Option("--model", metavar="NAME", help="The model, instead of OPENAI_MODEL.")]
TimeLimitOption = Annotated[
    float, typer.Option("--time-limit", min=0.1, metavar="SECONDS", help="How long to wait for an answer (60).")
]
ContextOption = Annotated[
    int | None,
    typer.Option(
        "--context",
        metavar="TOKENS",
        min=256,
        help="The model's context length, question and answer (as the endpoint reports).",
    ),
]
TemperatureOption = Annotated[
    float,
    typer.Option("--temperature", metavar="NUMBER", min=0, max=2, help="Randomness of word choice; 0 is none (0.7)."),
]
TopPOption = Annotated[
    float,
    typer.Option(
        "--top-p",
        metavar="SHARE",
        min=0,
        max=1,
        help="Choose among the likeliest words up to this total probability (0.9).",
    ),
]
