"""What trains models takes the files: Hugging Face's `datasets`, and the chat template of a tokenizer."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from capture_daemon.dataset.build import ExportOptions, build
from capture_daemon.dataset.loading import load_script
from capture_daemon.dataset.report import report
from capture_daemon.dataset.settings import Format, Narration
from capture_daemon.dataset.talk import Talk
from capture_daemon.dataset.writing import files, write_export
from tests.dataset.logs import conversation, log
from tests.needs import needs_module

TALK = ("Me: Are you going home?", 'Sylvie: "Sure!" — 当然！', "Pip: Me too.", "Sylvie: Fine.\u3000Come.", "Fog.")
WORDS = [hashlib.sha256(str(n).encode()).hexdigest()[:20] for n in range(20)]
"""What makes each scene another one."""
SCENES = [
    line
    for n, word in enumerate(WORDS)
    for line in conversation(*(f"{text} {word}" for text in TALK), first=5 * n + 1, later=100 * n)
]
TEMPLATE = """\
{%- for message in messages %}
{%- if loop.index0 > 0 and (message['role'] == 'user') != (loop.index0 % 2 == 1) %}
{{- raise_exception('roles must alternate') }}
{%- endif %}
{{- '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|assistant|>' }}{%- endif %}"""
"""As strict as those of many small models: after the system's, turns must alternate, the user's first."""


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No network, no cache of the tester's."""
    for module in ("datasets", "transformers", "tokenizers", "jinja2"):
        needs_module(module, extra="dev")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))


def made(folder: Path, form: Format, narration: Narration = Narration.DROP, test_share: float | None = 0.2) -> Path:
    wanted: Any = {"persona": "Sylvie", "form": form, "test_share": test_share, "talk": Talk(narration=narration)}
    data = build(*load_script([log(folder / "logs" / "dialogue.jsonl", SCENES)]), ExportOptions(**wanted))
    write_export(folder / "out", files(data), report(data))
    return folder / "out"


def loaded(folder: Path, kind: str, *paths: str) -> Any:
    from datasets import disable_progress_bars, load_dataset  # noqa: PLC0415 - the extra may be missing

    disable_progress_bars()
    data = {path.partition(".")[0]: str(folder / path) for path in paths}
    cache = str(folder.parent / "cache")
    return load_dataset(kind, data_files=data, cache_dir=cache) if paths else load_dataset(kind, cache_dir=cache)


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("form", "columns"),
    [
        (Format.CHAT, {"messages"}),
        (Format.SHAREGPT, {"conversations"}),
        (Format.ALPACA, {"instruction", "input", "output", "system", "history"}),
    ],
)
def test_datasets_loads_it(tmp_path: Path, form: Format, columns: set[str]) -> None:
    folder = made(tmp_path, form)
    data = loaded(folder, "json", "train.jsonl", "test.jsonl")
    assert set(data) == {"train", "test"}
    assert set(data["train"].column_names) == columns
    assert data["test"].num_rows > 0
    rows = sum(len((folder / name).read_bytes().splitlines()) for name in ("train.jsonl", "test.jsonl"))
    assert data["train"].num_rows + data["test"].num_rows == rows
    assert '"Sure!" — 当然！' in str(data["train"][0])


@pytest.mark.usefixtures("quiet")
def test_datasets_loads_the_folder_by_its_card(tmp_path: Path) -> None:
    from huggingface_hub import DatasetCard  # noqa: PLC0415

    folder = made(tmp_path, Format.CHAT)
    data = loaded(folder, str(folder))
    assert {name: part.num_rows for name, part in data.items()} == {
        name: len((folder / f"{name}.jsonl").read_bytes().splitlines()) for name in ("train", "test")
    }
    head = DatasetCard.load(folder / "README.md").data
    assert head.language == ["en"]
    assert head.pretty_name == "Dialogue of Sylvie"
    assert head.size_categories == ["n<1K"]


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("form", [Format.CSV, Format.TXT])
@pytest.mark.parametrize("test_share", [0.2, None])
def test_datasets_loads_lines_by_their_card(tmp_path: Path, form: Format, test_share: float | None) -> None:
    data = loaded(made(tmp_path, form, test_share=test_share), str(tmp_path / "out"))
    text = [row["text"] for part in data.values() for row in part]
    assert sum("当然" in one for one in text) == 20


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("narration", Narration)
def test_it_passes_a_chat_template(tmp_path: Path, narration: Narration) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: PLC0415
    from transformers import PreTrainedTokenizerFast  # noqa: PLC0415

    data = loaded(made(tmp_path, Format.CHAT, narration=narration), "json", "train.jsonl", "test.jsonl")
    characters = sorted(
        {one for part in data.values() for row in part for m in row["messages"] for one in m["content"]}
    )
    special = ["<unk>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"]
    tiny = Tokenizer(models.WordLevel({token: n for n, token in enumerate([*special, *characters])}, unk_token="<unk>"))
    tiny.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=tiny, unk_token="<unk>", additional_special_tokens=special[1:])
    tokenizer.chat_template = TEMPLATE
    for part in data.values():
        for row in part:
            text = str(tokenizer.apply_chat_template(row["messages"], tokenize=False))
            assert text.startswith("<|system|>You are Sylvie.<|end|><|user|>")
            assert text.endswith("<|end|>")
            assert text.count("<|assistant|>") == text.count("<|user|>") == (len(row["messages"]) - 1) // 2
            numbers = tokenizer(text, add_special_tokens=False)["input_ids"]
            assert tokenizer.unk_token_id not in numbers
            assert str(tokenizer.decode(numbers)).replace(" ", "") == text.replace(" ", "")
