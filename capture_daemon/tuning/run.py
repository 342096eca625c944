"""One training from a data set to a folder with all that came of it, as `capture-daemon tune` does it."""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from capture_daemon.common import private_files
from capture_daemon.errors import ConfigurationError, OutputExistsError, StoppedError
from capture_daemon.tuning.advice import after, before
from capture_daemon.tuning.base_model import find_base, load_model, load_tokenizer, use_four_bit
from capture_daemon.tuning.masking import encode_rows
from capture_daemon.tuning.merging import ADAPTER, MERGED, MERGED_GGUF, save_adapter, save_merged
from capture_daemon.tuning.model_card import LOSS_CURVE, run_card
from capture_daemon.tuning.rows import TuningData, read_data
from capture_daemon.tuning.settings import TuneSettings
from capture_daemon.tuning.training import Stop, TrainingStep, has_checkpoint, train

RUN = "run.json"
CHECKPOINTS = "checkpoints"
PERSONA = "persona.toml"
CARD = "README.md"
PAGE = "compare.html"
_MADE = (RUN, CARD, PERSONA, LOSS_CURVE, MERGED_GGUF, ADAPTER, MERGED, CHECKPOINTS, PAGE)
"""Everything that a run leaves in its folder."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """What came of a training: the report as in `run.json`, and where the model is that can be served."""

    report: dict[str, Any]
    served: Path


def prepare_folder(data: TuningData, settings: TuneSettings, folder: Path, *, overwrite: bool, resume: bool) -> None:
    """Make the folder ready for a run, or see that the one in it can go on.

    Raises OutputExistsError if something is there that must stay, and ConfigurationError.
    """
    wanted = {"settings": settings.to_dict(), "data": data.digest}
    if resume:
        _check_resumable(folder, wanted)
        return
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        if _begun(folder) is None:
            raise OutputExistsError(f"{folder}: holds what no tuning made: name another folder with --output")
        if not overwrite:
            raise OutputExistsError(
                f"{folder}: holds a tuned model: name another folder with --output, or give --overwrite, or --resume "
                "to go on with it"
            )
    try:
        for name in _MADE:
            path = folder / name
            private_files.refuse_link(path)
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        private_files.make_folder(folder)
        _write_json(folder / RUN, wanted)
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename or folder}: can't be written: {error.strerror}: name another folder with --output"
        ) from error


def tune(  # noqa: PLR0913 - what a run is made of
    data: TuningData,
    settings: TuneSettings,
    folder: Path,
    *,
    resume: bool,
    warn: Callable[[str], None],
    on_step: Callable[[TrainingStep], None],
    stop: Stop,
) -> Tuned:
    """Train in a folder that `prepare_folder` has seen.

    Raises ModelError if the base can't be used or the memory isn't enough, StoppedError if `stop` was wished
    before the end, and ConfigurationError.
    """
    quiet()
    base = find_base(settings.base)
    four_bit = use_four_bit(base, settings.four_bit)
    tokenizer = load_tokenizer(base)
    rows, left_out = encode_rows(tokenizer, data.train, settings.longest)
    test, test_left_out = encode_rows(tokenizer, data.test, settings.longest)
    if not rows:
        raise ConfigurationError(f"no answer fits into {settings.longest} tokens: give more with --max-tokens")
    model = load_model(base, four_bit=four_bit)
    parameters = model.num_parameters()
    answers, test_answers = (sum(one.answers for one in encoded) for encoded in (rows, test))
    advice = before(answers, test_answers, parameters)
    if left_out or test_left_out:
        advice.append(f"{left_out + test_left_out} answers are left out, for they are longer than --max-tokens")
    for note in advice:
        warn(note)
    began = time.monotonic()
    try:
        trained = train(
            model, tokenizer, rows, test, settings, folder / CHECKPOINTS, resume=resume, on_step=on_step, stop=stop
        )
    except OSError as error:
        raise ConfigurationError(
            f"{folder}: a checkpoint can't be written or read: {error}: see to the disk"
        ) from error
    if not trained.finished:
        raise StoppedError(f"stopped after step {trained.steps}: the same command with --resume goes on from there")
    seconds = time.monotonic() - began
    for note in (shown := after(trained.history, trained.kept_step)):
        warn(note)
    save_adapter(trained.model, tokenizer, folder)
    served = save_merged(base, trained.model, tokenizer, folder, four_bit=four_bit)
    report = {
        "settings": settings.to_dict(),
        "data": data.digest,
        "data_folder": str(data.folder.resolve()),
        "base": base.name,
        "four_bit": four_bit,
        "parameters": parameters,
        "rows": len(rows),
        "answers": answers,
        "tokens": sum(one.trained for one in rows),
        "test_rows": len(test),
        "test_answers": test_answers,
        "left_out": left_out + test_left_out,
        "steps": trained.steps,
        "kept_step": trained.kept_step,
        "seconds": round(seconds, 1),
        "device": _device(),
        "versions": {name: metadata.version(name) for name in ("torch", "transformers", "trl", "peft")},
        "served": served.name,
        "advice": advice + shown,
        "loss": {"train": trained.history.train, "test": trained.history.test},
    }
    from capture_daemon.tuning.curve import loss_curve  # noqa: PLC0415 - matplotlib is slow to import

    persona = replace(data.persona, tuned=True)
    private_files.write(folder / LOSS_CURVE, loss_curve(trained.history))
    private_files.write(folder / PERSONA, persona.to_toml().encode("utf-8", "replace"))
    private_files.write(folder / CARD, run_card(persona, report, trained.history).encode("utf-8", "replace"))
    _write_json(folder / RUN, report)
    shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
    return Tuned(report, served)


def read_run(folder: Path) -> tuple[TuneSettings, TuningData]:
    """The settings and the data of a finished run. Raises ConfigurationError."""
    begun = _begun(folder)
    if begun is None:
        raise ConfigurationError(f"{folder}: is not a folder that capture-daemon tune made")
    if "served" not in begun:
        raise ConfigurationError(f"{folder}: its training isn't finished: capture-daemon tune --resume goes on with it")
    data = read_data(Path(begun["data_folder"]))
    if data.digest != begun["data"]:
        raise ConfigurationError(f"{data.folder}: is no longer the data set that {folder} was trained on: tune again")
    return TuneSettings(**begun["settings"]), data


def quiet() -> None:
    """Keep the libraries from reporting anything to anybody, and from printing beside this program's own messages."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["TQDM_DISABLE"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    warnings.simplefilter("ignore")
    import datasets  # noqa: PLC0415 - the extra, and slow to import
    import transformers  # noqa: PLC0415

    datasets.disable_progress_bars()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    logging.getLogger("trl").setLevel(logging.ERROR)


def _check_resumable(folder: Path, wanted: dict[str, Any]) -> None:
    begun = _begun(folder)
    if begun is None or "settings" not in begun:
        raise ConfigurationError(f"{folder}: holds no training to go on with: leave out --resume")
    if "served" in begun:
        raise ConfigurationError(f"{folder}: its training is finished: leave out --resume")
    if begun["data"] != wanted["data"]:
        raise ConfigurationError(f"{folder}: was begun with another data set: give that one, or --overwrite")
    for key, value in wanted["settings"].items():
        if begun["settings"].get(key) != value:
            raise ConfigurationError(
                f"{folder}: was begun with {key} {begun['settings'].get(key)}, not {value}: give the same options"
            )
    if not has_checkpoint(folder / CHECKPOINTS):
        raise ConfigurationError(f"{folder}: was stopped before its first checkpoint: give --overwrite")


def _begun(folder: Path) -> dict[str, Any] | None:
    """What the report of a run says, of one that isn't finished only settings and data; None if there is none."""
    try:
        report = json.loads((folder / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return report if isinstance(report, dict) and {"settings", "data"} <= report.keys() else None


def _write_json(path: Path, report: dict[str, Any]) -> None:
    private_files.write(path, f"{json.dumps(report, ensure_ascii=False, indent=1)}\n".encode("utf-8", "replace"))


def _device() -> str:
    import torch  # noqa: PLC0415

    if torch.cuda.is_available():
        return str(torch.cuda.get_device_name(0))
    return f"{torch.get_num_threads()} CPU threads"
