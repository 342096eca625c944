"""Options of the commands that ask a language model."""

from __future__ import annotations

from typing import Annotated

import typer

ContextOption = Annotated[
    int | None,
    typer.Option(
        "--context",
        metavar="TOKENS",
        min=256,
        help="How much the model takes, question and answer (what the endpoint says).",
    ),
]
TemperatureOption = Annotated[
    float,
    typer.Option("--temperature", metavar="NUMBER", min=0, max=2, help="How freely words are chosen; 0 is not (0.7)."),
]
TopPOption = Annotated[
    float,
    typer.Option("--top-p", metavar="SHARE", min=0, max=1, help="Only the likeliest words up to this share (0.9)."),
]
