"""The language of an answer: a Korean question answered in another language is a finding of its own."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from harness.records import Sample

Language = Literal["ko", "en", "other", "none"]
"""`en` is any text in Latin letters; `none` has no words: a letter, a number, a formula, nothing."""

# Whatever is opened and not closed goes on to the end: answers are cut off, and none may take long to read.
_NO_PROSE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`"
    r"|\$\$.*?(?:\$\$|\Z)|\$[^$\n]*\$|\\\[.*?(?:\\\]|\Z)|\\\(.*?(?:\\\)|\Z)"
    r"|\\boxed\{(?:[^{}]|\{[^{}]*\})*\}?|\\[a-zA-Z]+"
    r"|https?://\S+",
    re.DOTALL,
)
_LONE_LETTER = re.compile(r"(?<![^\W\d_])[A-Za-z\uff21-\uff3a\uff41-\uff5a](?![^\W\d_])")
"""The letter of a choice, the name of a variable; full-width ones too."""


def language(text: str) -> Language:
    """Return the language of an answer by the script that most of its letters belong to.

    A Korean syllable counts as the two or three letters (jamo) that it is written with, so that it weighs what
    they would in Latin. Code blocks, formulas, addresses and single Latin letters are no words. Scripts tell
    Korean from other languages; they do not tell languages in Latin letters apart.
    """
    prose = _LONE_LETTER.sub(" ", _NO_PROSE.sub(" ", unicodedata.normalize("NFC", text)))
    counts: Counter[Language] = Counter()
    for letter, often in Counter(unicodedata.normalize("NFKD", prose)).items():
        if letter.isalpha():
            counts[_script(letter)] += often
    return max(counts, key=lambda script: (counts[script], script == "ko"), default="none")


def language_rate(samples: Iterable[Sample]) -> float | None:
    """Return the share of answers that are not in Korean, of those that hold words; None where none do.

    Thoughts before the answer do not count.
    """
    counts = Counter(language(sample.text) for sample in samples)
    worded = counts.total() - counts["none"]
    return (worded - counts["ko"]) / worded if worded else None


def _script(letter: str) -> Language:
    name = unicodedata.name(letter, "")
    if name.startswith("HANGUL"):
        return "ko"
    return "en" if name.startswith("LATIN") else "other"
