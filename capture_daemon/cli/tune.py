"""`capture-daemon tune`."""

from __future__ import annotations

import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer

from capture_daemon.common import signals
from capture_daemon.tuning.settings import TuneSettings, need_tune_extra

if TYPE_CHECKING:
    from rich.console import Console

    from capture_daemon.tuning.training import TrainingStep

_USUAL = TuneSettings(base="")


def tune(  # noqa: PLR0913, PLR0917 - a parameter is an option
    data: Annotated[
        Path, typer.Argument(metavar="DATASET", help="A folder that export made, as chat, sharegpt or alpaca.")
    ],
    base: Annotated[
        str,
        typer.Option("--base", metavar="MODEL", help="The model to start from: a name on the hub, a folder or a GGUF."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder for the results.")],
    epochs: Annotated[
        float, typer.Option("--epochs", metavar="NUMBER", min=0.01, help="How many times to train on each row (3).")
    ] = _USUAL.epochs,
    steps: Annotated[
        int | None,
        typer.Option("--steps", metavar="NUMBER", min=1, help="How many steps to train, instead of --epochs."),
    ] = None,
    batch: Annotated[int, typer.Option("--batch", metavar="ROWS", min=1, help="Rows in a step (8).")] = _USUAL.batch,
    rank: Annotated[
        int, typer.Option("--rank", metavar="NUMBER", min=1, help="The rank of the LoRA: how much it can learn (16).")
    ] = _USUAL.rank,
    learning_rate: Annotated[
        float, typer.Option("--learning-rate", metavar="RATE", min=1e-8, help="The learning rate (0.0002).")
    ] = _USUAL.learning_rate,
    max_tokens: Annotated[
        int,
        typer.Option(
            "--max-tokens",
            metavar="NUMBER",
            min=64,
            help="Longest row, in tokens; longer ones lose their oldest turns (1024).",
        ),
    ] = _USUAL.longest,
    four_bit: Annotated[
        bool | None,
        typer.Option(
            "--four-bit/--whole",
            help="Load the base in 4 bits (QLoRA) or unchanged (4 bits if there is a GPU and bitsandbytes).",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="NUMBER", help="Seed for the order of the rows (0).")
    ] = _USUAL.seed,
    resume: Annotated[bool, typer.Option("--resume", help="Continue an interrupted training.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier training in the same folder.")
    ] = False,
) -> None:
    """Train a language model on a data set, so that it talks like the persona; needs the extra [tune]."""
    signals.end_at_once(signals.FORCED)
    need_tune_extra()
    from capture_daemon.cli.output import console  # noqa: PLC0415 - imported only in the command, as all that is slow
    from capture_daemon.tuning.base_model import find_base  # noqa: PLC0415
    from capture_daemon.tuning.rows import read_data  # noqa: PLC0415
    from capture_daemon.tuning.run import prepare_folder  # noqa: PLC0415
    from capture_daemon.tuning.run import tune as train  # noqa: PLC0415
    from capture_daemon.tuning.training import Stop  # noqa: PLC0415

    settings = TuneSettings(
        base=find_base(base).setting,
        epochs=epochs,
        steps=steps,
        rank=rank,
        learning_rate=learning_rate,
        batch=batch,
        longest=max_tokens,
        seed=seed,
        four_bit=four_bit,
    )
    rows = read_data(data)
    prepare_folder(rows, settings, output, overwrite=overwrite, resume=resume)
    notes, stop = console(errors=True), Stop()
    with TrainingProgress(notes) as progress, signals.stopping_without_a_loop(stop):
        made = train(
            rows,
            settings,
            output,
            resume=resume,
            warn=lambda text: notes.print(f"capture-daemon: {text}"),
            on_step=progress.moved,
            stop=stop,
        )
    console().print(_summary(made.report, output))


class TrainingProgress:
    """Shows each step: a bar on a terminal, else a line now and then."""

    def __init__(self, output: Console) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

        self._output = output
        self._told = 0.0
        columns = (TextColumn("training"), BarColumn(), MofNCompleteColumn(), TextColumn("loss {task.fields[loss]}"))
        self._bars = Progress(
            *columns, TimeRemainingColumn(), console=output, disable=not output.is_terminal, transient=True
        )
        self._bar = self._bars.add_task("", total=None, loss="")

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def moved(self, step: TrainingStep) -> None:
        """A step is done."""
        self._bars.update(self._bar, completed=step.number, total=step.steps, loss=f"{step.loss:.3f}")
        now = time.monotonic()
        if not self._output.is_terminal and (step.number in (1, step.steps) or now - self._told >= _EVERY):
            self._told = now
            self._output.print(f"step {step.number} of {step.steps} · loss {step.loss:.3f}")


_EVERY = 10.0
"""Seconds between two lines without a terminal."""


def _summary(report: dict[str, Any], output: Path) -> str:
    parts = [f"{report['answers']} answers, {report['steps']} steps in {report['seconds']:.0f} s"]
    names = {"train": "loss in training", "test": "loss on the test rows"}
    parts += [
        f"{names[part]} {losses[0][1]:.2f} to {losses[-1][1]:.2f}" for part, losses in report["loss"].items() if losses
    ]
    return " · ".join([*parts, str(output / report["served"])])
