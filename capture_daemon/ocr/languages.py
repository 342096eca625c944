"""Which recogniser reads which language: PaddleOCR's own table, by the codes people write."""

from __future__ import annotations

from difflib import get_close_matches

from capture_daemon.errors import ConfigurationError

_NAMES = {
    "af": "afrikaans",
    "ar": "arabic",
    "az": "azerbaijani",
    "be": "belarusian",
    "bg": "bulgarian",
    "bs": "bosnian",
    "ca": "catalan",
    "cs": "czech",
    "cy": "welsh",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "gl": "galician",
    "hi": "hindi",
    "hr": "croatian",
    "hu": "hungarian",
    "id": "indonesian",
    "is": "icelandic",
    "it": "italian",
    "ja": "japanese",
    "kk": "kazakh",
    "ko": "korean",
    "ku": "kurdish",
    "la": "latin",
    "lb": "luxembourgish",
    "lt": "lithuanian",
    "lv": "latvian",
    "mk": "macedonian",
    "mn": "mongolian",
    "mr": "marathi",
    "ms": "malay",
    "mt": "maltese",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sk": "slovak",
    "sl": "slovenian",
    "sq": "albanian",
    "sv": "swedish",
    "sw": "swahili",
    "ta": "tamil",
    "te": "telugu",
    "th": "thai",
    "tl": "tagalog",
    "tr": "turkish",
    "uk": "ukrainian",
    "ur": "urdu",
    "uz": "uzbek",
    "vi": "vietnamese",
    "zh": "chinese",
}
"""The English name, in lower case, by the language's code; small languages are only known by their codes."""


PACKAGED_MODEL = "PP-OCRv6_small_rec"
"""The recogniser that the `rapidocr` package carries; it needs no download."""


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


LATIN = _codes(
    "af az bs ca cs cy da de es et eu fi fr ga gl hr hu id is it ku la lb lt lv mi ms mt nl no oc pl pt qu rm ro "
    "rs_latin sk sl sq sv sw tl tr uz vi"
)
"""The languages in Latin script that the packaged recogniser reads beside English."""

_PACKAGED = LATIN | {"auto", "en", "ja", "zh", "zh-tw"}
_ARABIC = _codes("ar fa ug ur ps sd bal")
_EAST_SLAVIC = _codes("ru be uk")
_CYRILLIC = _codes(
    "rs_cyrillic bg mn abq ady kbd ava dar inh che lbe lez tab kk ky tg mk tt cv ba mhr mo udm kv os bua xal tyv sah "
    "kaa"
)
_DEVANAGARI = _codes("hi mr ne bh mai ang bho mah sck new gom sa bgc")
_OWN = {"ko": "korean", "th": "th", "el": "el", "te": "te", "ta": "ta", "pi": "latin"}

_ALIASES = {
    **{name: code for code, name in _NAMES.items()},
    "ch": "zh",
    "chinese_cht": "zh-tw",
    "japan": "ja",
    "jp": "ja",
    "kr": "ko",
    "zh-cn": "zh",
    "zh-hans": "zh",
    "zh-hant": "zh-tw",
    "zh-hk": "zh-tw",
    "zh_tw": "zh-tw",
}


def canonical(language: str) -> str:
    """The code by which a language is known here: `zh` for `chinese`, `ko` for `kr`."""
    name = language.strip().lower()
    return _ALIASES.get(name, name)


def model_for(language: str) -> str:
    """The name of the recogniser for a language; raises ConfigurationError if none is known."""
    code = canonical(language)
    if code in _PACKAGED:
        return PACKAGED_MODEL
    for members, script in (
        (_ARABIC, "arabic"),
        (_EAST_SLAVIC, "eslav"),
        (_CYRILLIC, "cyrillic"),
        (_DEVANAGARI, "devanagari"),
    ):
        if code in members:
            return f"{script}_PP-OCRv5_mobile_rec"
    if code in _OWN:
        return f"{_OWN[code]}_PP-OCRv5_mobile_rec"
    raise unknown_language(language)


LIKE = 0.6
"""How alike a code must be to be named as the nearest, from 0 to 1; 0.5 to 0.7."""


def unknown_language(language: str) -> ConfigurationError:
    """The error for a language that is not known; it names one whose code or name is written much like it."""
    code = canonical(language)
    known = [*known_languages(), *_ALIASES]
    # A code of two letters is like the beginning of many words, so that names come first.
    names = [name for name in known if len(name) > 3]
    region = [code.replace("_", "-").partition("-")[0]]
    near = (
        [name for name in region if name in known]
        or get_close_matches(code, names, n=1)
        or get_close_matches(code, known, n=1, cutoff=LIKE)
    )
    told = ""
    if near:
        nearest = canonical(near[0])
        name = f" ({_NAMES[nearest].capitalize()})" if nearest in _NAMES else ""
        told = f"the nearest is {nearest}{name}; "
    return ConfigurationError(
        f"language {language!r} is not known: {told}`capture-daemon models list` lists all that are"
    )


def known_languages() -> list[str]:
    """Every language code there is a recogniser for, `auto` and the most common ones first."""
    first = ["auto", "en", "ja", "zh", "zh-tw", "ko"]
    others = _PACKAGED | _ARABIC | _EAST_SLAVIC | _CYRILLIC | _DEVANAGARI | set(_OWN)
    return first + sorted(others - set(first))
