"""Bring text to one spelling before answers are looked for in it."""

import re
import unicodedata

TAIL = 16_000
"""How many characters of an answer's end are read. The answer stands at the end; a longer text after it is a loop,
and a bound keeps the time per answer small whatever a model or a server sends."""

_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_TAILS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TYPED = re.compile(f"([{_LEADS}])([{_VOWELS}])(?:([{_TAILS}])(?![{_VOWELS}]))?")
"""A syllable typed as separate letters, which NFC leaves alone."""


def _spelling() -> dict[int, str]:
    """Return what each odd character is spelt as. NFKC as a whole would go too far: it makes 10² to 102."""
    table = {0x3000: " ", 0xA0: " ", 0x2028: "\n", 0x2029: "\n"}
    table |= dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF), "")
    # Full-width and half-width forms, mathematical letters.
    for code in (*range(0xFF01, 0xFFEF), *range(0x1D400, 0x1D800)):
        table[code] = unicodedata.normalize("NFKC", chr(code))
    # (1) 1. (a) Ⓐ in one character, parenthesised and circled Hangul, squared letters.
    for code in (*range(0x2474, 0x24EA), *range(0x3200, 0x321F), *range(0x1F110, 0x1F12A)):
        table[code] = unicodedata.normalize("NFKC", chr(code))
    for code in range(0x3260, 0x327F):
        table[code] = f"({unicodedata.normalize('NFKC', chr(code))})"
    for number in range(10):
        # Dingbats and double circles: ❶ ➀ ➊ ⓵ are ①.
        table |= {first + number: chr(0x2460 + number) for first in (0x2776, 0x2780, 0x278A, 0x24F5)}
    for number in range(26):
        table |= {first + number: chr(0x41 + number) for first in (0x1F130, 0x1F150, 0x1F170)}
    # Letters of the alphabet of syllables, as they stand alone.
    table |= {0x1100 + i: letter for i, letter in enumerate(_LEADS)}
    table |= {0x1161 + i: letter for i, letter in enumerate(_VOWELS)}
    table |= {0x11A8 + i: letter for i, letter in enumerate(_TAILS)}
    return {
        code: spelt.translate(table) if code not in range(0x1100, 0x1200) else spelt
        for code, spelt in table.items()
    }


_SPELLING = _spelling()


def tail(text: str) -> str:
    """Return the end of `text` that is read, see TAIL."""
    return text[-TAIL:]


def normalise(text: str) -> str:
    """Return the end of `text` in one spelling: composed syllables, ASCII letters and digits, ① for circles."""
    text = unicodedata.normalize("NFC", tail(text)).replace("\r\n", "\n").replace("\r", "\n")
    return _TYPED.sub(_syllable, text.translate(_SPELLING))


def plain(text: str) -> str:
    """Return normalised `text` without markdown's marks, LaTeX's wrappers of words, and quoted lines.

    `\\boxed{B}` stays, because it is a way to say the answer.
    """
    text = re.sub(r"^[ \t]*>.*$", "", normalise(text), flags=re.MULTILINE)
    text = re.sub(r"^[ \t]*#{1,6}[ \t]+", "", text, flags=re.MULTILINE)
    text = re.sub(r"\*+|`+|__+|\$+|\\[()\[\]]|\\,|~~", "", text)
    for _ in range(3):  # \boxed{\text{\textbf{B}}}
        text = re.sub(
            r"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathsf|mbox)\s*\{([^{}]{0,200})\}", r"\1", text
        )
    return text


def _syllable(found: re.Match[str]) -> str:
    lead, vowel, last = found.groups()
    code = (_LEADS.index(lead) * 21 + _VOWELS.index(vowel)) * 28
    return chr(0xAC00 + code + (_TAILS.index(last) + 1 if last else 0))
