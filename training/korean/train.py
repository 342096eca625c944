"""Train the Korean recogniser on rows that are drawn as it goes.

    python -m training.korean.train RUN --rows 400000 [--every-font] [--from FILE]

keeps RUN/last.pt, from which the same command goes on after a stop, and RUN/log.jsonl. The learning rate falls to
nothing over `--rows`; another number may be given when a run goes on.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor

from training.korean import fonts
from training.korean.alphabet import encoded
from training.korean.batches import BATCH, Batch, from_process
from training.korean.network import Recogniser, loss, steps_of
from training.korean.released import begun

RATE = 2e-3
"""The learning rate at its highest; 1e-3 to 3e-3."""
_WARMING = 200
"""Steps over which it rises to that."""
_TOLD, _TOLD_UNTIL = 0.5, 0.8
"""How much being told where characters stand weighs at first, and at what share of the run it has fallen to nothing."""
_SHOWN = 40
"""Batches that a network from an ONNX file is shown before it learns."""
_STEEPEST = 5.0
_LOGGED, _KEPT = 30.0, 120.0
"""Seconds between two lines of the log, and two checkpoints."""


@dataclass(slots=True)
class Training:
    """A network being trained: everything a checkpoint holds, so that a run goes on where it stopped.

    `rows` counts those learned from, `total` is how many the run has, `highest` is its learning rate at first, and
    `loss` the running mean for a character.
    """

    total: int
    highest: float = RATE
    network: Recogniser = field(default_factory=Recogniser)
    rows: int = 0
    warmed: int = 0
    loss: float = math.nan
    optimiser: torch.optim.Optimizer = field(init=False)

    def __post_init__(self) -> None:
        self.network.to(memory_format=torch.channels_last)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=self.highest, weight_decay=0.01)

    @property
    def done(self) -> float:
        """The share of the run that is over, up to 1."""
        return min(1.0, self.rows / self.total)

    @property
    def rate(self) -> float:
        """The learning rate at this point."""
        return self.highest * min(1.0, (self.warmed + 1) / _WARMING) * (0.505 + 0.495 * math.cos(math.pi * self.done))

    @property
    def told(self) -> float:
        """How much being told where characters stand weighs at this point."""
        return max(0.0, _TOLD * (1 - self.done / _TOLD_UNTIL))

    def step(self, batch: Batch) -> float:
        """Learn from a batch; returns its loss for a character."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate
        with torch.autocast("cpu", torch.bfloat16):
            scores: Tensor = self.network(pictures_of(batch))
        texts = [encoded(text) for text in batch.texts]
        value = loss(scores, texts, [steps_of(width) for width in batch.widths], batch.places, self.told)
        self.optimiser.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _STEEPEST)
        self.optimiser.step()
        self.rows += len(batch.texts)
        self.warmed += 1
        found = float(value.detach()) * len(texts) / sum(map(len, texts))
        self.loss = found if math.isnan(self.loss) else 0.98 * self.loss + 0.02 * found
        return found

    def save(self, file: Path) -> None:
        """Write a checkpoint; the one before stays whole if this is interrupted."""
        state = {
            "weights": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "rows": self.rows,
            "warmed": self.warmed,
            "total": self.total,
            "highest": self.highest,
            "loss": self.loss,
        }
        made = file.with_suffix(".part")
        torch.save(state, made)
        made.replace(file)

    @classmethod
    def resumed(cls, file: Path, total: int | None = None) -> Training:
        """A run as its checkpoint left it; `total` gives it another length. Raises OSError where it can't be read."""
        state = torch.load(file, weights_only=True)
        training = cls(total or state["total"], state["highest"])
        training.network.load_state_dict(state["weights"])
        training.optimiser.load_state_dict(state["optimiser"])
        training.rows, training.warmed, training.loss = state["rows"], state["warmed"], state["loss"]
        return training

    @classmethod
    def begun_from(cls, file: Path, total: int, highest: float, drawn: Iterator[Batch]) -> Training:
        """A new run whose network begins as another's checkpoint left it, or as it is in an ONNX file.

        An ONNX file's is shown some of the rows to learn from. Raises OSError where the file can't be read, ValueError
        where it is another network's.
        """
        if file.suffix == ".onnx":
            return cls(total, highest, begun(file, map(pictures_of, islice(drawn, _SHOWN))))
        training = cls(total, highest)
        training.network.load_state_dict(torch.load(file, weights_only=True)["weights"])
        return training


def pictures_of(batch: Batch) -> Tensor:
    """What the network takes: 0 for paper, 1 for ink."""
    pictures = 1 - torch.from_numpy(batch.pixels).float() / 255
    return pictures.unsqueeze(1).contiguous(memory_format=torch.channels_last)


def run(training: Training, drawn: Iterator[Batch], folder: Path) -> None:
    """Learn until the run's rows are through, with a checkpoint every two minutes and at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    began = logged = kept = time.monotonic()
    first = training.rows
    with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
        while training.rows < training.total:
            training.step(next(drawn))
            now = time.monotonic()
            if now - logged >= _LOGGED:
                logged = now
                pace = (training.rows - first) / (now - began)
                record = {"rows": training.rows, "loss": training.loss, "rate": training.rate, "rows_a_second": pace}
                print(json.dumps({name: round(value, 6) for name, value in record.items()}), file=log, flush=True)
            if now - kept >= _KEPT:
                kept = now
                training.save(folder / "last.pt")
    training.save(folder / "last.pt")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 2 where the fonts aren't installed."""
    parser = argparse.ArgumentParser(prog="python -m training.korean.train")
    parser.add_argument("folder", type=Path, help="where the run is kept")
    parser.add_argument("--rows", type=int, default=400_000, help="how many rows the whole run learns from")
    parser.add_argument("--every-font", action="store_true", help="the held-out ones, too, as for a release")
    parser.add_argument(
        "--from", dest="start", type=Path, metavar="FILE", help="begin with a checkpoint's or ONNX file's weights"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="the first rows' seed; another one than that of the weights"
    )
    parser.add_argument("--rate", type=float, default=RATE, help="the learning rate at first")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    try:
        paths = fonts.for_training(every=options.every_font)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    last = options.folder / "last.pt"
    resumed = Training.resumed(last, options.rows) if last.exists() else None
    # Rows that were drawn before a stop aren't drawn again.
    drawn = from_process(1 + resumed.rows // BATCH if resumed else options.seed, paths)
    if resumed is not None:
        training = resumed
    elif options.start:
        training = Training.begun_from(options.start, options.rows, options.rate, drawn)
    else:
        training = Training(options.rows, options.rate)
    run(training, drawn, options.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
