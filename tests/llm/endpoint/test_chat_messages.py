from __future__ import annotations

from capture_daemon.llm.endpoint.chat_messages import Message, about_tokens, about_tokens_of, printable


def test_tokens_about() -> None:
    assert about_tokens("") == 0
    assert about_tokens("How was class?") == 4
    assert about_tokens("お月さまへ") == 5
    assert about_tokens_of([Message("user", "How was class?")]) == 8


def test_what_steers_a_terminal_is_a_space() -> None:
    assert printable("\x1b[31mHi\r\n\u2028there\ud800!") == " [31mHi   there !"


def test_a_picture_goes_in_the_form_of_an_image_url() -> None:
    content = Message("user", "Hi", b"abc").to_dict()["content"]
    assert content == [
        {"type": "text", "text": "Hi"},
        {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,YWJj"}},
    ]
