"""From the reader's events to the records that leave the daemon."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from typing import Self

from capture_daemon.linelog.pending import PendingLine
from capture_daemon.pipeline.resume import ResumePoint
from capture_daemon.reading.events import Chosen, Said, Typing
from capture_daemon.records import Choice, Entry, Line, Partial, timestamp, unix, without_control_characters

REMEMBERED = 256
"""Lines remembered, for corrections: those come at once or not at all."""
_CHINESE_OR_JAPANESE = 8
"""If any of this many last lines has kana, one without kana is Japanese as well."""


class RecordBuilder:
    """Makes records of one run: it knows the source, the clock, and how each line was published.

    `session` is the Unix time at which the run began. With `media_clock` the times it is given are seconds from the
    start of a recording, else `time.monotonic`. `language` is what the configuration says, `auto` perhaps.
    """

    def __init__(self, source: str, session: float, language: str, *, media_clock: bool) -> None:
        self._source = source
        self._session = session
        self.set_language(language)
        self._media_clock = media_clock
        self._began = time.monotonic()
        self._guess = LanguageGuesser()
        self._published: dict[tuple[str, int], PendingLine] = {}

    @classmethod
    def begin(cls, source: str, language: str, resume_point: ResumePoint | None, *, media_clock: bool) -> Self:
        """A builder for a run that starts now, or continues at `resume_point`."""
        if resume_point is not None:
            builder = cls(source, resume_point.session, language, media_clock=media_clock)
            builder.learn(resume_point.before)
            return builder
        # Rounded as it is written: a run that resumes from these lines must count from the same moment.
        return cls(source, round(time.time(), 3), language, media_clock=media_clock)

    def set_language(self, language: str) -> None:
        """What the configuration says from now on."""
        self._language = None if language == "auto" else language

    def learn(self, entries: Iterable[Entry]) -> None:
        """Guess languages as if these had been made before."""
        for entry in entries:
            if isinstance(entry, Line):
                self._guess(entry.text)
            elif isinstance(entry, Choice):
                self._guess(" ".join(entry.options))

    def line(self, said: Said) -> Line:
        """The record of a line, to be given its stream and number by the log."""
        text = without_control_characters(said.text)
        return Line(
            stream="",
            seq=0,
            session=timestamp(self._session),
            time=timestamp(self._unix(said.completed)),
            started=timestamp(self._unix(said.started)),
            media_time=self._media(said.completed),
            media_started=self._media(said.started),
            speaker=without_control_characters(said.speaker) or None if said.speaker else None,
            text=text,
            rows=[without_control_characters(row) for row in said.rows],
            language=self._language or self._guess(text),
            confidence=round(min(1.0, max(0.0, float(said.confidence))), 4),
            source=self._source,
            region=said.region,
            box=[int(number) for number in said.box],
        )

    def choice(self, chosen: Chosen) -> Choice:
        """The record of a menu, to be given its stream and number by the log."""
        options = [without_control_characters(option) for option in chosen.options]
        return Choice(
            stream="",
            seq=0,
            session=timestamp(self._session),
            time=timestamp(self._unix(chosen.ended)),
            started=timestamp(self._unix(chosen.started)),
            media_time=self._media(chosen.ended),
            media_started=self._media(chosen.started),
            options=options,
            chosen=chosen.chosen,
            language=self._language or self._guess(" ".join(options)),
            confidence=round(min(1.0, max(0.0, float(chosen.confidence))), 4),
            source=self._source,
            region=chosen.region,
            box=[int(number) for number in chosen.box],
        )

    def replaced(self, said: Said | Chosen) -> PendingLine | None:
        """What this one corrects, as it was published; None if it corrects none, or one long past."""
        return None if said.replaces is None else self._published.get((said.region, said.replaces))

    def note(self, said: Said | Chosen, pending: PendingLine) -> None:
        """Remember how a line or a choice was published."""
        self._published[said.region, said.number] = pending
        if len(self._published) > REMEMBERED:
            del self._published[next(iter(self._published))]

    def partial(self, typing: Typing) -> Partial:
        """The record of a line that is still being typed."""
        return Partial(
            speaker=without_control_characters(typing.speaker) or None if typing.speaker else None,
            text=without_control_characters(typing.text),
            time=timestamp(self._unix(typing.time)),
            region=typing.region,
        )

    def shown_at(self, moment: float) -> float:
        """Convert a time of the source's to `time.monotonic`'s, as if a recording were played in real time."""
        return self._began + moment if self._media_clock else moment

    def _unix(self, moment: float) -> float:
        return self._session + moment if self._media_clock else unix(moment)

    def _media(self, moment: float) -> float | None:
        return round(moment, 3) if self._media_clock else None


class LanguageGuesser:
    """Guesses a line's language by its script, where the configuration names none.

    Kana is `ja`, Hangul `ko`. Chinese characters alone are `zh` or `ja` by the national character set that has them
    all; where both have, by whether lines before had kana. Everything else is `en`: Latin letters don't show more. A
    line without letters is as the one before.
    """

    def __init__(self) -> None:
        self._before = "en"
        self._kana: deque[bool] = deque(maxlen=_CHINESE_OR_JAPANESE)

    def __call__(self, text: str) -> str:
        """The code of the language."""
        if any(character.isalpha() for character in text):
            self._before = self._of_letters(text)
        return self._before

    def _of_letters(self, text: str) -> str:
        if any("\u1100" <= character <= "\u11ff" or "\uac00" <= character <= "\ud7af" for character in text):
            return "ko"
        if any("\u3041" <= character <= "\u30fa" or "\uff66" <= character <= "\uff9d" for character in text):
            self._kana.append(True)
            return "ja"
        han = "".join(character for character in text if "\u4e00" <= character <= "\u9fff")
        if not han:
            return "en"
        chinese, japanese = _encodable(han, "gb2312"), _encodable(han, "shift_jis")
        is_japanese = japanese if chinese != japanese else any(self._kana)
        self._kana.append(False)
        return "ja" if is_japanese else "zh"


def _encodable(text: str, character_set: str) -> bool:
    try:
        text.encode(character_set)
    except UnicodeEncodeError:
        return False
    return True
