"""Warnings before a training, and after one. Pure. The limits are rules of thumb, as the messages say."""

from __future__ import annotations

from capture_daemon.tuning.training import History

FEW_ANSWERS = 200
"""With fewer answers than this a model learns words and length, and little else."""
STRONG_BASE = 3e9
"""Parameters from which on a model plays a part well by the prompt alone."""
ANSWERS_FOR_A_STRONG_BASE = 1000
WORSE = 1.02
"""How many times its least value the loss on the test rows must be at the end to be called rising."""


def before(answers: int, test_answers: int, parameters: float) -> list[str]:
    """Warnings for a training on this many answers, of a base of this many parameters."""
    said = []
    if answers < FEW_ANSWERS:
        said.append(
            f"{answers} answers are few: under some {FEW_ANSWERS} a model learns how long and in which tone to speak, "
            "and repeats the rest by heart; record more of the game"
        )
    if parameters >= STRONG_BASE and answers < ANSWERS_FOR_A_STRONG_BASE:
        said.append(
            f"a base of {parameters / 1e9:.1f} billion parameters is strong for {answers} answers: it may play the "
            "part better as it is, with the companion's prompt; see what capture-daemon compare shows"
        )
    if not test_answers:
        said.append(
            "no scene is set aside for the test, so nothing shows when the model begins to learn by heart: "
            "a shorter --scene-gap at the export makes more scenes"
        )
    return said


def after(history: History, kept_step: int | None) -> list[str]:
    """Warnings that follow from the losses of a training."""
    if len(history.test) < 2:
        return []
    first, last = history.test[0][1], history.test[-1][1]
    least = min(loss for _, loss in history.test)
    if least >= first:
        return [
            "the loss on the test rows never fell: the model learned nothing that holds beyond the training rows; "
            "record more, or take fewer steps"
        ]
    if last > least * WORSE:
        kept = f"; step {kept_step}, before that, is kept" if kept_step is not None else ""
        return [f"the loss on the test rows rose at the end, so the model began to learn by heart{kept}"]
    return []
