from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from capture_daemon.dataset.build import DataSet, ExportOptions, build
from capture_daemon.dataset.conversations import Conversation, Turn
from capture_daemon.dataset.export import check_target, export
from capture_daemon.dataset.loading import load_script
from capture_daemon.dataset.persona import read_persona
from capture_daemon.dataset.report import report
from capture_daemon.dataset.settings import Format
from capture_daemon.dataset.writing import check_output, files, write_export
from capture_daemon.errors import ConfigurationError, OutputExistsError
from tests.dataset.logs import conversation, log

SCENES = [
    line
    for n in range(10)
    for line in conversation(f"Me: Question {n}?", f"Sylvie: Answer {n}!", "It rains.", first=3 * n + 1, later=100 * n)
]


def data_set(folder: Path, **options: Any) -> DataSet:
    return build(
        *load_script([log(folder / "logs" / "dialogue.jsonl", SCENES)]),
        ExportOptions(**{"persona": "Sylvie", **options}),
    )


def written(folder: Path, made: DataSet) -> Path:
    check_output(folder / "out", overwrite=True)
    write_export(folder / "out", files(made), report(made))
    return folder / "out"


def names(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("form", Format)
def test_the_files_of_each_format(tmp_path: Path, form: Format) -> None:
    folder = written(tmp_path, data_set(tmp_path, form=form, test_share=0.1))
    data = {"train/play.srt", "test/play.srt"} if form is Format.SRT else {f"train{form.suffix}", f"test{form.suffix}"}
    trainers = {"dataset_info.json", "llamafactory.yaml"} if form.has_samples else set()
    trainers |= {"axolotl.yaml"} if form in (Format.CHAT, Format.SHAREGPT) else set()
    assert names(folder) == {*data, *trainers, "README.md", "persona.toml", "report.json"}
    texts = ["".join((folder / name).read_text(encoding="utf-8") for name in sorted(data))]
    assert all(sum(f"Answer {n}!" in text for text in texts) == 1 for n in range(10))


@pytest.mark.parametrize("form", Format)
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, form: Format) -> None:
    first, again = (files(data_set(tmp_path, form=form, seed=3, test_share=0.1)) for _ in range(2))
    assert first == again
    assert files(data_set(tmp_path, form=form, seed=4, test_share=0.1)) != first


LINES = [form for form in Format if not form.has_samples]


@pytest.mark.parametrize("form", LINES)
def test_lines_are_written_plainly_and_all_of_them(tmp_path: Path, form: Format) -> None:
    made = data_set(tmp_path, form=form)
    folder = written(tmp_path, made)
    assert names(folder) == {f"play{form.suffix}", "README.md", "persona.toml", "report.json"}
    text = (folder / f"play{form.suffix}").read_text(encoding="utf-8")
    assert all(text.count(f"Answer {n}!") == 1 for n in range(10))
    assert text.count("It rains.") == 10
    assert "No scene is set aside" in (folder / "README.md").read_text(encoding="utf-8")
    dropped = files(data_set(tmp_path, form=form, drop_narration=True))[f"play{form.suffix}"]
    assert b"It rains." not in dropped


@pytest.mark.parametrize("form", LINES)
def test_two_recordings_of_one_name_have_files_of_their_own(tmp_path: Path, form: Format) -> None:
    lines = conversation("Me: One.") + conversation("Me: Two.", source="/elsewhere/play.mkv")
    made = build(*load_script([log(tmp_path / "a.jsonl", lines)]), ExportOptions(form=form))
    assert {name for name in files(made) if name.startswith("play")} == {f"play{form.suffix}", f"play-2{form.suffix}"}


def test_a_recording_named_like_the_report_does_not_take_its_place(tmp_path: Path) -> None:
    logs = [log(tmp_path / "a.jsonl", conversation("Me: One.", source="report.mkv"))]
    export(logs, ExportOptions(form=Format.TXT), tmp_path / "out", pictures=True)
    assert (tmp_path / "out" / "report-2.txt").read_text(encoding="utf-8") == "Me: One.\n"
    assert (tmp_path / "out" / "report.txt").read_text(encoding="utf-8").startswith("read\n")


@pytest.mark.parametrize("form", LINES)
def test_lines_go_into_one_file(tmp_path: Path, form: Format) -> None:
    logs, file = [log(tmp_path / "a.jsonl", SCENES)], tmp_path / f"subs{form.suffix}"
    options = ExportOptions(form=form)
    made, _ = export(logs, options, file)
    assert file.read_bytes() == files(made)[f"play{form.suffix}"]
    with pytest.raises(OutputExistsError, match="already exists: name another file"):
        check_target(file, options, overwrite=False, pictures=False)
    check_target(file, options, overwrite=True, pictures=False)
    with pytest.raises(ConfigurationError, match="is a file, and --report saves plots"):
        check_target(file, options, overwrite=True, pictures=True)
    other = next(one for one in LINES if one is not form)
    with pytest.raises(ConfigurationError, match=f"name one that ends in {other.suffix}"):
        check_target(file, replace(options, form=other), overwrite=True, pictures=False)


def test_one_file_holds_the_subtitles_of_one_recording_only(tmp_path: Path) -> None:
    lines = conversation("Me: One.") + conversation("Me: Two.", source="other.mkv")
    logs = [log(tmp_path / "a.jsonl", lines)]
    with pytest.raises(ConfigurationError, match="hold 2 recordings"):
        export(logs, ExportOptions(form=Format.SRT), tmp_path / "subs.srt")
    export(logs, ExportOptions(form=Format.TXT), tmp_path / "all.txt")
    assert (tmp_path / "all.txt").read_text(encoding="utf-8") == "Me: One.\n\nMe: Two.\n"


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="can't be written"):
        export([log(tmp_path / "a.jsonl", SCENES)], ExportOptions(form=Format.SRT), tmp_path / "file" / "subs.srt")


def test_the_persona_file_is_read_back(tmp_path: Path) -> None:
    made = data_set(tmp_path, manner="Short.")
    assert read_persona(written(tmp_path, made) / "persona.toml") == made.persona


@pytest.mark.parametrize("overlap", [False, True])
def test_the_card_says_what_is_trained(tmp_path: Path, overlap: bool) -> None:
    card = files(data_set(tmp_path, overlap=overlap))["README.md"].decode()
    told = card.partition("## What is trained")[2].partition("## An example")[0]
    assert ("Only the last answer of each example" in told) is overlap
    assert ("All answers are to be trained" in told) is not overlap


def test_turns_that_a_model_wrote_are_listed_where_they_stand(tmp_path: Path) -> None:
    def complete(talk: Sequence[Conversation]) -> list[Conversation]:
        said = Turn(role="user", text="Who?", generated=True)
        return [Conversation(scene=one.scene, turns=(said, *one.turns[1:])) for one in talk]

    recordings, counts = load_script([log(tmp_path / "a.jsonl", SCENES)])
    folder = written(tmp_path, build(recordings, counts, ExportOptions(persona="Sylvie"), complete))
    listed = [json.loads(row) for row in (folder / "generated.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(listed) == 10
    for one in listed:
        rows = (folder / one["file"]).read_text(encoding="utf-8").splitlines()
        assert json.loads(rows[one["row"]])["messages"][one["message"]] == {
            "role": "user",
            "content": "Who?",
            "weight": 0,
        }
    assert "10 turns were written by a language model" in (folder / "README.md").read_text(encoding="utf-8")


def test_an_earlier_export_gives_way_and_nothing_else(tmp_path: Path) -> None:
    folder = written(tmp_path, data_set(tmp_path, form=Format.SRT))
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(OutputExistsError, match="holds a data set"):
        check_output(folder, overwrite=False)
    written(tmp_path, data_set(tmp_path))
    assert names(folder) == {*files(data_set(tmp_path)), "report.json", "notes.txt"}
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_what_no_export_made_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    for overwrite in (False, True):
        with pytest.raises(OutputExistsError, match="holds what no export made"):
            check_output(tmp_path, overwrite=overwrite)
        with pytest.raises(OutputExistsError, match="is a file"):
            check_output(tmp_path / "README.md", overwrite=overwrite)
    (tmp_path / "empty").mkdir()
    check_output(tmp_path / "empty", overwrite=False)


def test_a_report_cannot_have_files_elsewhere_removed(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    told = {"left_out": {}, "files": ["../mine.txt", str(tmp_path / "mine.txt")]}
    (out / "report.json").write_text(json.dumps(told))
    written(tmp_path, data_set(tmp_path))
    assert (tmp_path / "mine.txt").exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    made = data_set(tmp_path)
    with pytest.raises(ConfigurationError, match="can't be written"):
        write_export(tmp_path / "file" / "out", files(made), report(made))


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions and links")
@pytest.mark.parametrize("form", [Format.CHAT, Format.SRT])
def test_what_is_made_is_its_owners_whatever_the_umask(tmp_path: Path, form: Format) -> None:
    before = os.umask(0)
    try:
        folder = written(tmp_path, data_set(tmp_path, form=form))
    finally:
        os.umask(before)
    assert {file.stat().st_mode & 0o777 for file in folder.rglob("*") if file.is_file()} == {0o600}
    assert {one.stat().st_mode & 0o777 for one in [folder, *folder.rglob("*")] if one.is_dir()} == {0o700}


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions and links")
def test_nothing_is_written_or_removed_by_way_of_a_link(tmp_path: Path) -> None:
    folder = written(tmp_path, data_set(tmp_path, form=Format.SRT, test_share=0.1))
    (folder / "train").rename(tmp_path / "mine")
    (folder / "train").symlink_to(tmp_path / "mine")
    kept = {file.name: file.read_bytes() for file in (tmp_path / "mine").iterdir()}
    for form in (Format.SRT, Format.CHAT):
        with pytest.raises(ConfigurationError, match="is a symbolic link"):
            written(tmp_path, data_set(tmp_path, form=form, test_share=0.1))
    assert {file.name: file.read_bytes() for file in (tmp_path / "mine").iterdir()} == kept


EVIL = "<script>alert(1)</script> `x` [a](http://evil.example) | # *b* ~~c~~ &lt; $\\frac$\n\n# Mine\x1b[2J"


def test_names_in_the_card_and_the_report_are_names(tmp_path: Path) -> None:
    """No tag, link, code, heading, column, formula or escape comes of them."""
    lines = conversation("Pip: Hello?", "Sylvie: Hi!", "Pip: Well?", "Sylvie: Yes.")
    lines = [replace(one, speaker=EVIL if one.speaker == "Pip" else one.speaker, source=f"/x/{EVIL}") for one in lines]
    logs = [log(tmp_path / "a.jsonl", lines)]
    made, _ = export(logs, ExportOptions(persona="Sylvie", test_share=0), tmp_path / "out", pictures=True)
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    texts = card.partition("## An example")[0]
    shown = (
        "\\<script\\>alert(1)\\</script\\> \\`x\\` \\[a\\](http://evil.example) \\| \\# \\*b\\* \\~\\~c\\~\\~ \\&lt;"
    )
    assert f"| {shown}" in texts
    assert not re.search(r"(?<!\\)<script|^# Mine", texts, re.MULTILINE)
    assert {row.replace("\\|", "").count("|") for row in texts.splitlines() if "script" in row and row[0] == "|"} == {6}
    assert "\x1b" not in card + (tmp_path / "out" / "report.txt").read_text(encoding="utf-8")
    assert card.startswith('---\npretty_name: "Dialogue of Sylvie"\n')
    assert (tmp_path / "out" / "report" / "speakers.png").stat().st_size > 1000
    assert made.train.samples
