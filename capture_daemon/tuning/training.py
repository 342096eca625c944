"""Training a LoRA by TRL's trainer on rows that are tokens already, with checkpoints that a later run goes on from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from capture_daemon.errors import ModelError
from capture_daemon.tuning.masking import Encoded
from capture_daemon.tuning.settings import TuneSettings

WARM_UP = 0.05
"""Share of the steps in which the learning rate rises to its full height."""
DROPOUT = 0.05
MOST_LOOKS = 5
"""How often the test rows are looked at, at most, in a training whose epochs are short."""
LONGEST_INTERVAL = 50
"""Steps between two checkpoints."""
CHECKPOINTS = 2
"""How many are kept: the newest, and the one with the least loss."""


@dataclass(frozen=True, slots=True)
class TrainingStep:
    """How far the training is: step `number` of `steps`; `loss` is that of the step's rows, in nats a token."""

    number: int
    steps: int
    loss: float


@dataclass(slots=True)
class History:
    """The losses by step, in nats a token: of the rows of each step, and of all test rows every so often."""

    train: list[tuple[int, float]] = field(default_factory=list)
    test: list[tuple[int, float]] = field(default_factory=list)

    @classmethod
    def of(cls, entries: Sequence[dict[str, Any]]) -> History:
        """The losses in a trainer's own history."""
        made = cls()
        for entry in entries:
            if "loss" in entry:
                made.train.append((int(entry["step"]), float(entry["loss"])))
            if "eval_loss" in entry:
                made.test.append((int(entry["step"]), float(entry["eval_loss"])))
        return made


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model, with its history; `finished` is False if it was stopped before its last step."""

    model: Any
    history: History
    steps: int
    finished: bool
    kept_step: int | None
    """The step with the least loss on the test rows, which is kept; None for the last one."""


class Stop:
    """A wish to stop after the current step; made by a signal."""

    def __init__(self) -> None:
        self.wanted = False

    def __call__(self) -> None:
        """Wish it."""
        self.wanted = True


def steps_of(settings: TuneSettings, rows: int) -> tuple[int, int]:
    """How many steps a training has, and after how many each the test rows are looked at and a checkpoint is made."""
    epoch = math.ceil(rows / settings.batch)
    steps = settings.steps or max(1, round(epoch * settings.epochs))
    return steps, min(steps, LONGEST_INTERVAL, max(epoch, math.ceil(steps / MOST_LOOKS)))


def train(  # noqa: PLR0913, PLR0917 - what a training is made of
    model: Any,
    tokenizer: Any,
    rows: Sequence[Encoded],
    test: Sequence[Encoded],
    settings: TuneSettings,
    folder: Path,
    *,
    resume: bool,
    on_step: Callable[[TrainingStep], None],
    stop: Stop,
) -> Trained:
    """Train a LoRA; `folder` holds the checkpoints, and with `resume` has one to go on from.

    Raises ModelError if the memory isn't enough, and OSError if a checkpoint can't be written or read.
    """
    import torch  # noqa: PLC0415 - the extra, and slow to import
    from datasets import Dataset  # noqa: PLC0415
    from peft import LoraConfig  # noqa: PLC0415
    from transformers import TrainerCallback  # noqa: PLC0415
    from trl import SFTConfig, SFTTrainer  # noqa: PLC0415

    class Watch(TrainerCallback):
        """Tells each step, and ends the training after one where that is wished."""

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **rest: Any) -> None:
            if logs and "loss" in logs:
                on_step(TrainingStep(state.global_step, state.max_steps, float(logs["loss"])))

        def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> Any:
            if state.global_step >= state.max_steps:
                control.should_evaluate = bool(test)
                control.should_save = True
            elif stop.wanted:
                control.should_save = True
                control.should_training_stop = True
            return control

    gpu = torch.cuda.is_available()
    steps, every = steps_of(settings, len(rows))
    on_device = 1 if gpu else settings.batch
    configuration = SFTConfig(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=on_device,
        gradient_accumulation_steps=settings.batch // on_device,
        per_device_eval_batch_size=on_device,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=math.ceil(WARM_UP * steps),
        logging_steps=1,
        logging_nan_inf_filter=False,
        save_strategy="steps",
        save_steps=every,
        save_total_limit=CHECKPOINTS,
        eval_strategy="steps" if test else "no",
        eval_steps=every if test else None,
        eval_on_start=bool(test) and not resume,
        load_best_model_at_end=bool(test),
        metric_for_best_model="eval_loss" if test else None,
        greater_is_better=False if test else None,
        seed=settings.seed,
        data_seed=settings.seed,
        report_to="none",
        disable_tqdm=True,
        bf16=gpu and torch.cuda.is_bf16_supported(),
        gradient_checkpointing=gpu,
        dataloader_pin_memory=gpu,
        max_length=None,
        packing=False,
        dataset_kwargs={"skip_prepare_dataset": True},
    )
    lora = LoraConfig(
        r=settings.rank,
        lora_alpha=2 * settings.rank,
        lora_dropout=DROPOUT,
        bias="none",
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    trainer = SFTTrainer(
        model=model,
        args=configuration,
        train_dataset=_dataset(Dataset, rows),
        eval_dataset=_dataset(Dataset, test) if test else None,
        processing_class=tokenizer,
        peft_config=lora,
        callbacks=[Watch()],
    )
    trainer.remove_callback(_printing())
    try:
        trainer.train(resume_from_checkpoint=resume)
    except (MemoryError, RuntimeError) as error:  # PyTorch's own is a RuntimeError, on a processor without a name
        if not isinstance(error, MemoryError | torch.OutOfMemoryError) and "allocate" not in str(error):
            raise
        raise ModelError(
            "the memory isn't enough for this training: take a smaller --batch, --max-tokens or base"
        ) from error
    state = trainer.state
    finished = state.global_step >= state.max_steps
    kept = int(state.best_global_step) if test and state.best_global_step else None
    return Trained(trainer.model, History.of(state.log_history), state.global_step, finished, kept)


def has_checkpoint(folder: Path) -> bool:
    """Whether a folder holds a checkpoint to go on from."""
    return any(path.is_dir() for path in folder.glob("checkpoint-*"))


def _dataset(kind: Any, rows: Sequence[Encoded]) -> Any:
    return kind.from_dict({"input_ids": [one.tokens for one in rows], "labels": [one.labels for one in rows]})


def _printing() -> Any:
    """The callback that prints every log, which the trainer adds by itself without a progress bar."""
    from transformers.trainer_callback import PrinterCallback  # noqa: PLC0415

    return PrinterCallback
