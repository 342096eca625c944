"""A ¡ is put where the picture shows one, and nowhere else."""

import pytest
from PIL import ImageFont

from capture_daemon.ocr.ctc import text_of
from capture_daemon.ocr.engine import Character
from capture_daemon.ocr.opening_marks import as_opening_marks, with_opening_marks
from capture_daemon.ocr.prepare import BinarisedRow
from tests.ocr.drawing import SANS, SERIF, draw


def repaired(shown: str, as_read: str, font: tuple[str, str] = SANS, size: int = 28, outline: int = 0) -> str:
    """What becomes of a row that shows one text and was read as the other; _ is what was not read at all."""
    face = ImageFont.truetype(font[0], size)
    ink = BinarisedRow(draw(shown, font, size, outline=outline))
    left = 6 + outline - face.getbbox(shown)[0]
    places = [left + face.getlength(shown[:number]) + face.getlength(one) / 2 for number, one in enumerate(shown)]
    read = [Character(one, place, 1.0) for one, place in zip(as_read, places, strict=True) if one != "_"]
    return text_of(with_opening_marks(read, ink))


@pytest.mark.parametrize("font", [SANS, SERIF])
@pytest.mark.parametrize(("size", "outline"), [(18, 0), (28, 0), (44, 0), (28, 2)])
@pytest.mark.parametrize(
    ("shown", "as_read"),
    [
        ("¡Has visto", "_Has visto"),
        ("¡No!", "_No!"),
        ("¡No!", "iNo!"),
        ("¡¿Eh?!", "i¿Eh?!"),
        ("Sí, ¡basta!", "Sí, _basta!"),
        ("¡Ven! ¡Ven!", "lVen! _Ven!"),
    ],
)
def test_a_dot_over_a_stem_below_the_line_is_a_mark(
    shown: str, as_read: str, font: tuple[str, str], size: int, outline: int
) -> None:
    assert repaired(shown, as_read, font, size, outline) == shown


@pytest.mark.parametrize("font", [SANS, SERIF])
@pytest.mark.parametrize("size", [18, 28, 44])
@pytest.mark.parametrize("text", ["it is!", "jeg ja!", "In ihm!", "so; ja", "|A|", "(I)", "!", "Já jdi!", "Jeśli"])
def test_what_looks_a_little_like_one_stays(text: str, font: tuple[str, str], size: int) -> None:
    assert repaired(text, text, font, size) == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("iQué máquina!", "¡Qué máquina!"),
        ("i¿Qué?!", "¡¿Qué?!"),
        ("i&Qué?!", "¡¿Qué?!"),
        ("&Qué?", "¿Qué?"),
        ("R&D, or what?", "R&D, or what?"),
        ("lCorre!", "¡Corre!"),
        ("¿Sí? iNo!", "¿Sí? ¡No!"),
        ("iQué máquina", "iQué máquina"),
        ("it is! In here!", "it is! In here!"),
        ("lT IS!", "lT IS!"),
        ("Wi-Fi! HiHo!", "Wi-Fi! HiHo!"),
    ],
)
def test_an_i_before_a_capital_is_one_where_somebody_exclaims(text: str, meant: str) -> None:
    assert as_opening_marks(text) == meant
