"""The network, and its loss: CTC over syllables whose scores are the sums of their parts'."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from capture_daemon.common.hangul import FIRSTS, LASTS, VOWELS
from training.korean.alphabet import OTHERS, SCORES, Code

WIDTHS = (16, 48, 96, 192)
"""Channels after each shrinking of the picture."""
SQUARE, LONG = 2, 3
"""Layers that see strokes, before the picture is one pixel high, and those that see along the row, after."""
PER_COLUMN = 2
"""Steps to each of the last layers' columns: narrow letters such as ll need more steps than these have columns."""
_SHRINKING = 4
"""Columns of the picture to a column of the last layers."""
_PARTS = (FIRSTS, VOWELS, LASTS, len(OTHERS))
_BLANK = FIRSTS + VOWELS + LASTS


class Convolution(nn.Module):
    """Convolution, normalisation, activation; what comes in is added to it where the shape stays."""

    def __init__(
        self, inside: int, outside: int, kernel: tuple[int, int], stride: tuple[int, int] = (1, 1), *, pad: bool = True
    ) -> None:
        super().__init__()
        padding = (kernel[0] // 2, kernel[1] // 2) if pad else (0, 0)
        self.convolution = nn.Conv2d(inside, outside, kernel, stride, padding, bias=False)
        self.normal = nn.BatchNorm2d(outside)
        self.adds = inside == outside and stride == (1, 1)

    @property
    def mean(self) -> Tensor:
        """The running mean that is taken off each channel."""
        assert self.normal.running_mean is not None
        return self.normal.running_mean

    @property
    def variance(self) -> Tensor:
        """The running variance that each channel is divided by the root of."""
        assert self.normal.running_var is not None
        return self.normal.running_var

    def forward(self, pictures: Tensor) -> Tensor:
        """(rows, inside, height, width) to (rows, outside, height, width), less what the stride takes."""
        found = functional.relu(self.normal(self.convolution(pictures)))
        return pictures + found if self.adds else found


class Recogniser(nn.Module):
    """Pictures of rows, shape (rows, 1, 32, width), 0 for paper and 1 for ink, to scores (rows, width / 2, SCORES).

    The width must be a multiple of 4.
    """

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d = WIDTHS
        self.convolutions = (
            Convolution(1, a, (3, 3), (2, 2)),
            Convolution(a, b, (3, 3), (2, 2)),
            Convolution(b, b, (3, 3)),
            Convolution(b, c, (3, 3), (2, 1)),
            *(Convolution(c, c, (3, 3)) for _ in range(SQUARE)),
            Convolution(c, d, (4, 1), pad=False),
            *(Convolution(d, d, (1, 5)) for _ in range(LONG)),
        )
        self.layers = nn.Sequential(*self.convolutions)
        self.scores = nn.Linear(d, PER_COLUMN * SCORES)
        with torch.no_grad():
            # The blank starts as likely as all syllables together, or CTC spends its first thousands of rows on that.
            for step in range(PER_COLUMN):
                self.scores.bias[step * SCORES + _BLANK] = math.log(FIRSTS * VOWELS * LASTS)

    def forward(self, pictures: Tensor) -> Tensor:
        """The scores of each step."""
        features = self.layers(pictures).squeeze(2).transpose(1, 2)
        scores = self.scores(features)
        return scores.reshape(scores.shape[0], -1, SCORES)


def steps_of(width: int) -> int:
    """How many steps a picture `width` columns wide has."""
    return math.ceil(width / _SHRINKING) * PER_COLUMN


def loss(
    scores: Tensor, texts: Sequence[Sequence[Code]], steps: Sequence[int], places: Sequence[Sequence[int]], told: float
) -> Tensor:
    """The mean loss of a batch's rows.

    `scores` is what the network says, `steps` how many of its steps belong to each row, `places` at which step each
    character has its middle. With `told` above 0 the network is told outright what stands there, with that weight: CTC
    alone spends tens of thousands of rows on finding out where characters are.
    """
    used = sorted({code for text in texts for code in text})
    # CTC's classes: the blank, then what this batch's texts hold; all 11,172 syllables are in the sum only.
    classes = {code: number for number, code in enumerate(used, 1)}
    logs = _log_probabilities(scores.float(), used)
    targets = torch.tensor([classes[code] for text in texts for code in text])
    lengths = torch.tensor([len(text) for text in texts])
    total: Tensor = _Ctc.apply(logs, targets, torch.tensor(steps).clamp(max=logs.shape[0]), lengths)
    if told > 0 and used:
        at = [
            (min(step, logs.shape[0] - 1), row, classes[code])
            for row, (text, middles) in enumerate(zip(texts, places, strict=True))
            for step, code in zip(middles, text, strict=True)
        ]
        where, rows, characters = (torch.tensor(numbers) for numbers in zip(*at, strict=True))
        total = total - told * logs[where, rows, characters].sum()
    return total / len(texts)


def _log_probabilities(scores: Tensor, used: Sequence[Code]) -> Tensor:
    """Of the blank and the `used` characters, among everything that can be read: (steps, rows, 1 + len(used))."""
    first, vowel, last, others = scores.split(_PARTS, dim=2)
    # The sum over all syllables is a product of three sums.
    syllables = first.logsumexp(2) + vowel.logsumexp(2) + last.logsumexp(2)
    every = torch.logaddexp(syllables, others.logsumexp(2))
    # A character's score is the sum of one to three scores; a product with 0 and 1 is the quickest way to many of them.
    summed = torch.zeros(SCORES, 1 + len(used))
    summed[_BLANK, 0] = 1
    for number, code in enumerate(used, 1):
        starts = (0, FIRSTS, FIRSTS + VOWELS, _BLANK)
        for start, place in zip(starts, code, strict=True):
            if place >= 0:
                summed[start + place, number] = 1
    return (scores @ summed - every.unsqueeze(2)).transpose(0, 1)


class _Ctc(torch.autograd.Function):
    """CTC's loss, summed, of classes that are only some of those there are.

    PyTorch's own takes the classes for all there are: its slope is that of the scores before a softmax over them, which
    differs from the true one by the probabilities.
    """

    @staticmethod
    def forward(
        context: torch.autograd.function.FunctionCtx, logs: Tensor, targets: Tensor, steps: Tensor, lengths: Tensor
    ) -> Tensor:
        with torch.enable_grad():
            leaf = logs.detach().requires_grad_()
            rows = functional.ctc_loss(leaf, targets, steps, lengths, reduction="none", zero_infinity=True)
            (slope,) = torch.autograd.grad(rows.sum(), leaf)
        inside = (torch.arange(logs.shape[0])[:, None] < steps[None, :]) & (rows.detach() > 0)[None, :]
        context.save_for_backward((slope - leaf.detach().exp()) * inside.unsqueeze(2))
        return rows.detach().sum()

    @staticmethod
    def backward(context: torch.autograd.function.FunctionCtx, *slopes: Tensor) -> tuple[Tensor, None, None, None]:
        (true,) = context.saved_tensors
        return true * slopes[0], None, None, None
