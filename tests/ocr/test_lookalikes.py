import pytest

from capture_daemon.ocr.lookalikes import with_lone_i
from capture_daemon.ocr.lookalikes import with_look_alikes as look_alikes


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("もうー杯", "もう一杯"),
        ("最終的にーつの質問", "最終的に一つの質問"),
        ("ー人で行く", "一人で行く"),
        ("タクシ一で", "タクシーで"),
        ("エレベ一タ一", "エレベーター"),
        ("你是ー个人", "你是一个人"),
        ("タクシーでニ十分", "タクシーで二十分"),
        ("ロ調が変だ", "口調が変だ"),
        ("カ二カマ", "カニカマ"),
        ("コーヒーー杯", "コーヒー一杯"),
        ("名前を入カする", "名前を入力する"),
        ("バックスラッシユ", "バックスラッシュ"),
        ("一 多少钱?一四十。", "— 多少钱?—四十。"),
        ("ー いくら？ 一 四十。", "— いくら？— 四十。"),
        ("Liや。", "いや。"),
        ("たかL1な", "たかいな"),
        ("Liliのいえ", "Liliのいえ"),
        ("只是擦伤，別担心。", "只是擦伤，别担心。"),
        ("心配するな、别に。", "心配するな、別に。"),
        ("カ二玉を、カ二を", "カニ玉を、カニを"),
        ("열리지 않습니다, 안에서", "열리지 않습니다. 안에서"),
        ("J Ay, la luna... ♪", "♪ Ay, la luna... ♪"),
        ("♪ Sous le ciel de mai J", "♪ Sous le ciel de mai ♪"),
    ],
)
def test_look_alikes_are_told_apart_by_their_neighbours(read: str, meant: str) -> None:
    assert look_alikes(read) == meant


@pytest.mark.parametrize(
    "text",
    [
        "すごーい!",
        "コーヒーを一杯",
        "えーー本当に?",
        "テスト一回",
        "先輩ー、待って!",
        "一つ、二つ",
        "真的吗？一个人？",
        "ニューヨーク",
        "三カ月",
        "能力二倍",
        "병사입니다",
        "그런데요, 저는",
        "ビル二階",
        "数カ所",
        "美カード",
        "別世界",
        "別擔心",
        "ミユキ",
        "人口が多い",
        "Well - no",
        "입니다",
    ],
)
def test_what_is_right_stays(text: str) -> None:
    assert look_alikes(text) == text


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("tel1 her", "tell her"),
        ("the 1ibrary", "the library"),
        ("fo1low", "follow"),
        ("0ld man", "Old man"),
        ("0h, no. 0f course!", "Oh, no. Of course!"),
        ("0nly 0kg, 0.5km, 100h and 0xff", "Only 0kg, 0.5km, 100h and 0xff"),
        ("the 1st of May", "the 1st of May"),
        ("10 of 1kg", "10 of 1kg"),
        ("room 1", "room 1"),
        ("I knoW...", "I know..."),
        ("Hhat is it?", "What is it?"),
        ("ㅡ 준비됐어? ㅡ 됐어.", "— 준비됐어? — 됐어."),
        ("ㅡㅡ", "ㅡㅡ"),
        ("in the grasS", "in the grass"),
        ("a McCoy on macOS, iOS", "a McCoy on macOS, iOS"),
    ],
)
def test_a_digit_or_capital_among_small_letters_is_one(read: str, meant: str) -> None:
    assert look_alikes(read) == meant


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("HEY iGOR, HOW iS EVERYTHiNG GOiNG?", "HEY IGOR, HOW IS EVERYTHING GOING?"),
        ("THE SATELLiTE, i JUST", "THE SATELLITE, I JUST"),
        ("WlLL YOU?", "WILL YOU?"),
        ("MI6 is", "MI6 is"),
        ("IBM in Rome", "IBM in Rome"),
    ],
)
def test_among_capitals_alone_an_i_is_one_too(read: str, meant: str) -> None:
    assert look_alikes(read) == meant


@pytest.mark.parametrize(
    ("read", "meant"), [("1", "I"), ("l...", "I..."), ("|?", "I?"), ("1st", "1st"), ("l'll", "l'll")]
)
def test_a_lone_stroke_is_the_pronoun(read: str, meant: str) -> None:
    assert with_lone_i(read) == meant
