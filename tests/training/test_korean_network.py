"""The network, its loss and its training; skipped where torch isn't installed."""

from itertools import islice
from pathlib import Path

import pytest

from capture_daemon.common.hangul import FIRSTS, LASTS, VOWELS
from tests.needs import needs_file
from training.korean.alphabet import OTHERS, SCORES, Code, encoded
from training.korean.batches import Batch, batches
from training.korean.wording import ENGLISH_WORDS, KOREAN_WORDS

torch = pytest.importorskip("torch", reason="needs torch, as training/korean/README.md says")

FONT = Path("/usr/share/fonts/truetype/nanum/NanumGothic.ttf")


@pytest.fixture(scope="module")
def rows() -> list[Batch]:
    """A few batches of rows in one font."""
    needs_file(FONT, package="fonts-nanum")
    needs_file(KOREAN_WORDS, package="hunspell-ko")
    needs_file(ENGLISH_WORDS, package="hunspell-en-us")
    torch.set_num_threads(1)
    return list(islice(batches(1, [FONT], uses=1, pool=2), 2))


def _class_of(code: Code) -> int:
    if code.other >= 0:
        return code.other
    return len(OTHERS) + (code.first * VOWELS + code.vowel) * LASTS + code.last


def test_the_loss_is_that_of_ctc_over_all_syllables() -> None:
    from training.korean.network import loss  # noqa: PLC0415 - needs torch

    torch.manual_seed(0)
    scores = torch.randn(2, 16, SCORES, requires_grad=True)
    texts, steps = [encoded("가나 a"), encoded("꼈!")], [16, 13]
    ours = loss(scores, texts, steps, [[1, 3, 5, 7], [2, 4]], told=0.0)
    ours.backward()
    slope = scores.grad.clone()
    scores.grad = None
    first, vowel, last, others = scores.split((FIRSTS, VOWELS, LASTS, len(OTHERS)), 2)
    composed = first[:, :, :, None, None] + vowel[:, :, None, :, None] + last[:, :, None, None, :]
    logs = torch.cat((others, composed.flatten(2)), 2).log_softmax(2).transpose(0, 1)
    targets = torch.tensor([_class_of(code) for text in texts for code in text])
    lengths = torch.tensor([len(text) for text in texts])
    plain = torch.nn.functional.ctc_loss(logs, targets, torch.tensor(steps), lengths, reduction="sum") / 2
    plain.backward()
    assert float(ours.detach()) == pytest.approx(float(plain.detach()), rel=1e-4)
    assert float((slope - scores.grad).abs().max()) < 1e-4


def test_a_few_steps_lower_the_loss(rows: list[Batch]) -> None:
    from training.korean.train import Training  # noqa: PLC0415 - needs torch

    torch.manual_seed(0)
    training = Training(total=100_000)
    training.warmed = 200
    losses = [training.step(rows[number % 2]) for number in range(8)]
    assert losses[-1] < 0.8 * losses[0]
    assert training.rows == sum(len(rows[number % 2].texts) for number in range(8))


def test_a_run_goes_on_where_its_checkpoint_left_it(rows: list[Batch], tmp_path: Path) -> None:
    from training.korean.train import Training  # noqa: PLC0415 - needs torch

    torch.manual_seed(0)
    whole = Training(total=1000)
    whole.step(rows[0])
    whole.save(tmp_path / "last.pt")
    resumed = Training.resumed(tmp_path / "last.pt")
    assert (resumed.rows, resumed.rate, resumed.told) == (whole.rows, whole.rate, whole.told)
    assert resumed.step(rows[1]) == pytest.approx(whole.step(rows[1]), rel=1e-3)
    # The optimiser's own memory went along: the same step moves the weights alike.
    for one, other in zip(whole.network.parameters(), resumed.network.parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-4)


def test_what_is_exported_reads_as_the_network_does(tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="needs onnx, as training/korean/README.md says")
    onnxruntime = pytest.importorskip("onnxruntime")
    from training.korean.export import export  # noqa: PLC0415 - needs torch
    from training.korean.train import Training  # noqa: PLC0415 - needs torch

    training = Training(total=1000)
    training.save(tmp_path / "last.pt")
    export([tmp_path / "last.pt"], tmp_path / "net.onnx")
    session = onnxruntime.InferenceSession((tmp_path / "net.onnx").read_bytes(), providers=["CPUExecutionProvider"])
    picture = torch.rand(2, 1, 32, 128)
    training.network.eval()
    with torch.no_grad():
        expected = training.network(picture).numpy()
    found = session.run(None, {"rows": picture.numpy()})[0]
    assert found.shape == (2, 64, SCORES)
    assert float(abs(found - expected).max()) < 1e-3
    assert session.get_modelmeta().custom_metadata_map["others"].split("\n") == OTHERS


def test_a_run_begins_with_a_file_that_was_exported(
    rows: list[Batch], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnx", reason="needs onnx, as training/korean/README.md says")
    from training.korean import network, released  # noqa: PLC0415 - needs torch
    from training.korean.export import export  # noqa: PLC0415 - needs torch
    from training.korean.train import Training, pictures_of  # noqa: PLC0415 - needs torch

    torch.manual_seed(0)
    monkeypatch.setattr(network, "LONG", 2)
    before = Training(total=1000)
    before.step(rows[0])
    before.save(tmp_path / "last.pt")
    export([tmp_path / "last.pt"], tmp_path / "net.onnx")
    pictures = [pictures_of(batch) for batch in rows]
    same = released.begun(tmp_path / "net.onnx", pictures)
    monkeypatch.setattr(network, "LONG", 3)
    longer = Training.begun_from(tmp_path / "net.onnx", 1000, 1e-3, iter(rows)).network
    with torch.no_grad():
        expected, found, nearly = (one.eval()(pictures[0]) for one in (before.network, same, longer))
    assert torch.allclose(expected, found, atol=1e-3)
    # The layer that the file lacks adds little, but something.
    off = float((nearly - expected).abs().mean() / expected.abs().mean())
    assert 0 < off < 0.3
    # What is normalised has the mean and the variance that were seen.
    [first, *_] = same.convolutions
    with torch.no_grad():
        seen = torch.cat([first.convolution(batch).flatten(2).movedim(1, 2).flatten(0, 1) for batch in pictures])
    assert torch.allclose(first.mean, seen.mean(dim=0), atol=0.05)


def test_a_file_of_another_shape_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnx", reason="needs onnx, as training/korean/README.md says")
    from training.korean import network, released  # noqa: PLC0415 - needs torch
    from training.korean.export import export  # noqa: PLC0415 - needs torch
    from training.korean.train import Training  # noqa: PLC0415 - needs torch

    Training(total=1000).save(tmp_path / "last.pt")
    export([tmp_path / "last.pt"], tmp_path / "net.onnx")
    monkeypatch.setattr(network, "LONG", 2)
    with pytest.raises(ValueError, match="it has 10 layers, of which this network has 9"):
        released.begun(tmp_path / "net.onnx", [])
    monkeypatch.setattr(network, "WIDTHS", (16, 32, 96, 192))
    with pytest.raises(ValueError, match="layer 1 is of another shape"):
        released.begun(tmp_path / "net.onnx", [])


def test_the_mean_of_checkpoints_lies_between_them(tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="needs onnx, as training/korean/README.md says")
    from training.korean.export import averaged  # noqa: PLC0415 - needs torch
    from training.korean.train import Training  # noqa: PLC0415 - needs torch

    files = [tmp_path / "one.pt", tmp_path / "two.pt"]
    networks = []
    for file in files:
        training = Training(total=1000)
        training.save(file)
        networks.append(training.network.state_dict()["scores.weight"])
    mean = averaged([files[0], files[1], files[1]])["scores.weight"]
    assert torch.allclose(mean, (networks[0] + 2 * networks[1]) / 3, atol=1e-6)
