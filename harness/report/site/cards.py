"""Cards of models and sources, for where a link to their page is shown: PNG of 1200 × 630 pixels.

Verdicts' shapes are drawn, not written, and a text with a character that the fonts at hand may lack is replaced:
no card shows an empty box.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from harness.records import Says
from harness.report.site.page import Card
from harness.report.site.words import Language, Words

LINES = 2
WIDE = 30.0
"""Of a line of the title, in widths of an n."""
_LATIN = r"\u0020-\u007e\u00a0-\u00ac\u00ae-\u00ff\u2013\u2014\u2018\u2019\u201c\u201d\u2026"
_WITHOUT_HANGUL = re.compile(f"[{_LATIN}]*")
_WITH_HANGUL = re.compile(f"[{_LATIN}\uac00-\ud7a3]*")
FONTS = "Pretendard, Apple SD Gothic Neo, Noto Sans KR, Noto Sans CJK KR, Malgun Gothic, NanumGothic, sans-serif"


@dataclass(frozen=True)
class Faces:
    """What the fonts of this machine can draw."""

    hangul: bool

    def language(self, wanted: Language) -> Language:
        """Return the language of a card for pages in the language wanted."""
        return wanted if self.hangul else "en"

    def can(self, text: str) -> bool:
        """Return whether every character of `text` is sure to be drawn."""
        return (_WITH_HANGUL if self.hangul else _WITHOUT_HANGUL).fullmatch(text) is not None


@cache
def faces() -> Faces:
    """Return what can be drawn here: two syllables that come out alike were drawn by no font."""
    return Faces(hangul=png(_probe("가힘")) != png(_probe("뭄쀍")))


def png(svg: str) -> bytes:
    """Return an SVG as PNG; the same fonts give the same bytes."""
    import vl_convert  # noqa: PLC0415 - starts an engine of its own

    drawn: bytes = vl_convert.svg_to_png(svg)
    return drawn


def told(card: Card, words: Words, found: Faces) -> dict[str, Any]:
    """Return what a card's template needs: texts that can be drawn, the title in lines."""
    title = _drawable(words.says(card.title), card.title, card.name, found)
    by = _drawable(words.says(card.by), card.by, "", found)
    return {"lines": _lines(title), "by": by, "counts": card.counts, "fonts": FONTS}


def _drawable(text: str, both: Says, plain: str, found: Faces) -> str:
    composed = (unicodedata.normalize("NFC", each) for each in (text, both.en, plain))
    return next((each for each in composed if found.can(each)), "")


def _lines(text: str) -> list[str]:
    """Return a text in LINES lines at most, broken between words where that fits, cut with an ellipsis."""
    lines = [""]
    for word in text.split():
        for part in _parts(word):
            longer = f"{lines[-1]} {part}".strip()
            if _width(longer) > WIDE:
                lines.append(part)
            else:
                lines[-1] = longer
    if len(lines) <= LINES:
        return lines
    last = lines[LINES - 1]
    while _width(last) > WIDE - 1:
        last = last[:-1]
    return [*lines[: LINES - 1], f"{last}…"]


def _parts(word: str) -> list[str]:
    """Return a word in parts that fit a line."""
    parts = [""]
    for character in word:
        if _width(parts[-1] + character) > WIDE:
            parts.append("")
        parts[-1] += character
    return parts


def _width(text: str) -> float:
    return sum(1.7 if character >= "\u1100" else 1.3 if character.isupper() else 1.0 for character in text)


def _probe(text: str) -> str:
    place = f'<text x="4" y="48" font-family="{FONTS}" font-size="40">{text}</text>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="120" height="64">{place}</svg>'
