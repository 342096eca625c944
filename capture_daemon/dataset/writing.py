"""Writing: a data set's files, and the folder that they stand in."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

from capture_daemon.common import private_files
from capture_daemon.dataset.build import DataSet, Split
from capture_daemon.dataset.data_card import card
from capture_daemon.dataset.formats import as_csv, as_script, as_srt, jsonl, message_place, sample_records
from capture_daemon.dataset.report import report
from capture_daemon.dataset.script import ScriptScene
from capture_daemon.dataset.settings import Format
from capture_daemon.dataset.trainers import trainer_files
from capture_daemon.errors import ConfigurationError, OutputExistsError

REPORT = "report.json"
"""It lists all other files, and so marks the folder as one that an export made."""
TABLES = "report.txt"
"""The report's tables as text, where they are wanted."""


def files(made: DataSet) -> dict[str, bytes]:
    """Every file of a data set but its report, by its name in the folder. The same data give the same bytes."""
    data: dict[str, str] = {}
    if made.options.has_plain_lines:
        data |= _by_recording(made.train.scenes, made)
    else:
        for part, split in (("train", made.train), ("test", made.test)):
            data |= _data(part, split, made)
    summary = report(made)
    texts = {"README.md": card(made, summary, list(data)), **data}
    form, overlap = made.options.form, made.options.overlap
    texts |= trainer_files(form, list(data), overlap=overlap, weighted=made.weighted)
    if made.options.persona:
        texts["persona.toml"] = made.persona.to_toml()
    if generated := _generated(made):
        texts["generated.jsonl"] = generated
    return {name: text.encode("utf-8", "replace") for name, text in texts.items()}


def lines_file(made: DataSet) -> bytes:
    """The lines as one file.

    Raises ConfigurationError for subtitles of several recordings, of which each has a clock of its own.
    """
    scenes = made.train.scenes
    recordings = {scene.recording for scene in scenes}
    if made.options.form is Format.SRT and len(recordings) > 1:
        raise ConfigurationError(
            f"the logs hold {len(recordings)} recordings, each with subtitles of its own: name a folder with --output"
        )
    return _lines_text(scenes, made).encode("utf-8", "replace")


def write_lines_file(file: Path, content: bytes) -> None:
    """Write lines into a file; an older one is replaced. Raises ConfigurationError if that can't be done."""
    try:
        private_files.make_folder(file.parent)
        private_files.write(file, content)
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename or file}: can't be written: {error.strerror}: name another file with --output"
        ) from error


def check_output(folder: Path, *, overwrite: bool) -> None:
    """See that a folder may be written to. Raises OutputExistsError if something is there that must stay."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not folder.is_dir():
        raise OutputExistsError(f"{folder}: is a file: name a folder with --output")
    if not _earlier(folder):
        raise OutputExistsError(f"{folder}: holds what no export made: name another folder with --output")
    if not overwrite:
        raise OutputExistsError(f"{folder}: holds a data set: name another folder with --output, or give --overwrite")


def write_export(folder: Path, contents: Mapping[str, bytes], summary: Mapping[str, Any]) -> None:
    """Write files and the report into a folder. An earlier export's files go; whatever else is there stays.

    Nothing is there before all of it could be written. Raises ConfigurationError if the folder can't be written to.
    """
    text = json.dumps({**summary, "files": sorted(contents)}, ensure_ascii=False, indent=1)
    made = {**contents, REPORT: f"{text}\n".encode("utf-8", "replace")}
    try:
        private_files.make_folder(folder)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as place:
            for name, content in made.items():
                file = Path(place, name)
                private_files.make_folder(file.parent)
                private_files.write(file, content)
            for name in _earlier(folder):
                if name not in made:
                    _inside(folder, name).unlink(missing_ok=True)
            # The report comes last: a folder that it isn't in, or an older one, is known to be half done.
            for name in made:
                target = _inside(folder, name)
                private_files.make_folder(target.parent)
                Path(place, name).replace(target)
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename or folder}: can't be written: {error.strerror}: name another folder with --output"
        ) from error


def _inside(folder: Path, name: str) -> Path:
    """Where a file of the data set stands; raises OSError if a link on the way would lead out of its folder."""
    target = folder
    for part in PurePosixPath(name).parts:
        target /= part
        private_files.refuse_link(target)
    return target


def _earlier(folder: Path) -> list[str]:
    """The files of an earlier export that are in a folder, its report too; none if no export made it."""
    try:
        summary = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        names = [str(name) for name in summary["files"]] if "left_out" in summary else []
    except (OSError, ValueError, KeyError, TypeError):
        return []
    inside = [name for name in names if ".." not in PurePosixPath(name).parts and not PurePosixPath(name).is_absolute()]
    return [*inside, REPORT] if names else []


def _data(part: str, split: Split, made: DataSet) -> dict[str, str]:
    form = made.options.form
    if form.has_samples:
        rows = sample_records(
            split.samples, form, made.persona.system, weighted=made.weighted, overlap=made.options.overlap
        )
        return {f"{part}.jsonl": jsonl(rows)} if rows else {}
    if not split.scenes:
        return {}
    if form is Format.SRT:
        # Times of two recordings have nothing to do with each other.
        return {f"{part}/{name}": text for name, text in _by_recording(split.scenes, made).items()}
    return {f"{part}{form.suffix}": _lines_text(split.scenes, made)}


def _by_recording(scenes: Sequence[ScriptScene], made: DataSet) -> dict[str, str]:
    """A file for each recording, named like it."""
    suffix = made.options.form.suffix
    texts: dict[str, str] = {}
    for recording, of_recording in groupby(scenes, key=lambda scene: scene.recording):
        stem = (
            "".join(one if one.isalnum() or one in " ._-" else "-" for one in Path(recording.name).stem) or "recording"
        )
        name, number = f"{stem}{suffix}", 2
        while name in texts or name == TABLES:
            name, number = f"{stem}-{number}{suffix}", number + 1
        texts[name] = _lines_text(list(of_recording), made)
    return texts


def _lines_text(scenes: Sequence[ScriptScene], made: DataSet) -> str:
    """Scenes in the format of lines that is wanted; for subtitles, of one recording."""
    if made.options.form is Format.CSV:
        return as_csv(scenes, made.casting, keep_formulas=made.options.keep_formulas)
    return as_srt(scenes, made.casting) if made.options.form is Format.SRT else as_script(scenes, made.casting)


def _generated(made: DataSet) -> str:
    """Where in the files the turns stand that a model wrote."""
    found = []
    for part, split in (("train", made.train), ("test", made.test)):
        for row, sample in enumerate(split.samples):
            for place, turn in enumerate(sample.turns):
                if turn.generated:
                    at = {"file": f"{part}.jsonl", "row": row, "message": message_place(made.options.form, place)}
                    found.append({**at, "scene": sample.scene, "role": turn.role, "text": turn.text, "generated": True})
    return jsonl(found)
