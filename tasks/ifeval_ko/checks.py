"""Check an answer against the constraints of its Korean prompt: lm-eval's IFEval, but for what is only English.

IFEval-Ko keeps the instruction ids of IFEval and leaves out those on letter case and letter frequency; its own
checkers, which Allganize publishes with the items, count words by spaces and name the Korean answers as here.
"""

import re
import unicodedata
from typing import Any
from unittest import mock

import langdetect
import nltk

# lm-eval fetches NLTK's English model while it is imported; nothing here asks it.
with mock.patch.object(nltk, "download", return_value=False):
    from lm_eval.tasks.ifeval import instructions
    from lm_eval.tasks.ifeval.instructions_registry import INSTRUCTION_DICT

from harness.errors import HarnessError

_ABBREVIATION = re.compile(r"(?:(?<![A-Za-z])(?:Mr|Mrs|Ms|Dr|St|Prof|vs|No|[A-Za-z]))$")
_LIST_MARK = re.compile(
    r"^[ \t]*(?:[-*•+]|\(?(?:\d{1,3}|[가나다라마바사아자차카타파하A-Za-z])[.)])[ \t]+", re.MULTILINE
)
_END = re.compile(r"""[.?!。？！…]+["'”’」』)\]*_]*(?:\s+|$)""")


def process_results(doc: dict[str, Any], results: list[str]) -> dict[str, float | list[float]]:
    """Return IFEval's four rates for one prompt: over the prompt and over its instructions, strictly and loosely.

    Loosely: any of eight readings of the text, with markdown stars, the first or the last line removed, keeps them
    (Zhou et al. 2023, arXiv:2311.07911, section 2). Raises KeyError for an unknown instruction.
    """
    answer = unicodedata.normalize("NFC", results[0])
    strict, loose = [], []
    for name, kwargs in zip(doc["instruction_id_list"], doc["kwargs"], strict=True):
        checker = _checker(name, kwargs)
        strict.append(_keeps(checker, answer))
        loose.append(any(_keeps(checker, reading) for reading in _readings(answer)))
    return {
        "prompt_level_strict_acc": float(all(strict)),
        "inst_level_strict_acc": strict,
        "prompt_level_loose_acc": float(all(loose)),
        "inst_level_loose_acc": loose,
    }


def _checker(name: str, kwargs: dict[str, Any]) -> Any:
    """Return the checker of one instruction with its values set."""
    checker = INSTRUCTIONS[name](name)
    given = {key: _composed(value) for key, value in kwargs.items() if value is not None}
    checker.build_description(**given)
    drawn = [key for key in checker.get_instruction_args_keys() if key not in given]
    if drawn:
        # lm-eval's checkers draw a value that is missing, another one each time.
        raise HarnessError(expected=f"values of {name}", found=f"none for {', '.join(drawn)}")
    return checker


def _composed(value: Any) -> Any:
    """Return text in composed syllables: an answer and a keyword that look alike are then alike."""
    if isinstance(value, list):
        return [_composed(each) for each in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _keeps(checker: Any, text: str) -> float:
    return float(bool(text.strip()) and bool(checker.check_following(text)))


def _readings(text: str) -> list[str]:
    lines = text.split("\n")
    cut = [text] + ["\n".join(part).strip() for part in (lines[1:], lines[:-1], lines[1:-1])]
    return cut + [reading.replace("*", "") for reading in cut]


def words(text: str) -> int:
    """Return the number of words that spaces part; to lm-eval's tokenizer 3.5% is two words, so is 「그」는."""
    return len(text.split())


def sentences(text: str) -> int:
    """Return the number of sentences: each ends at a full stop, question or exclamation mark before a space.

    lm-eval asks NLTK's English model, which the machine may not have and which knows no Korean list marks (`가.`).
    A last sentence without its full stop counts; the marks of lists, decimals and initials do not end one.
    """
    text = _LIST_MARK.sub("", text)
    count, start = 0, 0
    for end in _END.finditer(text):
        if end[0].startswith(".") and _ABBREVIATION.search(text, 0, end.start()):
            continue
        count += bool(text[start : end.start()].strip())
        start = end.end()
    return count + bool(text[start:].strip(" \t\n*_-#"))


def _meets(count: int, relation: str, threshold: int) -> bool:
    return count < threshold if relation == "less than" else count >= threshold


class _Words(instructions.NumberOfWords):
    """Words are parted by spaces."""

    def check_following(self, value: str) -> bool:
        return _meets(words(value), self._comparison_relation, self._num_words)


class _Sentences(instructions.NumberOfSentences):
    """Sentences are told without an English model."""

    def check_following(self, value: str) -> bool:
        return _meets(sentences(value), self._comparison_relation, self._num_sentences_threshold)


class _ForbiddenWords(instructions.ForbiddenWords):
    """A forbidden noun is found with a particle too: lm-eval's word boundary after 사과 lets 사과를 pass."""

    def check_following(self, value: str) -> bool:
        return not any(
            re.search(rf"(?<!\w){re.escape(w)}(?![A-Za-z0-9_])", value, re.IGNORECASE)
            for w in self._forbidden_words
        )


class _FirstWord(instructions.ParagraphFirstWordCheck):
    """A first word may carry a particle: 회사는 begins with 회사."""

    def check_following(self, value: str) -> bool:
        paragraphs = [p.strip() for p in value.split("\n\n") if p.strip()]
        if len(paragraphs) != self._num_paragraphs or self._nth_paragraph > len(paragraphs):
            return False
        first = paragraphs[self._nth_paragraph - 1].lstrip("'\"“‘*#_ ").lower()
        return first.startswith(self._first_word.lower())


class _ConstrainedResponse(instructions.ConstrainedResponseChecker):
    """The three answers that the Korean prompts name."""

    def build_description(self) -> str:
        self._constrained_responses = ("제 답변은 예입니다.", "제 답변은 아니요입니다.", "제 답변은 아마도입니다.")
        return "다음 중 하나로 답하세요."


class _ResponseLanguage(instructions.ResponseLanguageChecker):
    """The language, told with a fixed seed. Text of no language fails; lm-eval lets it pass."""

    def check_following(self, value: str) -> bool:
        # Unseeded, langdetect may tell two languages for one text.
        langdetect.DetectorFactory.seed = 0
        try:
            return bool(langdetect.detect(value) == self._language)
        except langdetect.LangDetectException:
            return False


INSTRUCTIONS: dict[str, Any] = dict(INSTRUCTION_DICT) | {
    "keywords:forbidden_words": _ForbiddenWords,
    "language:response_language": _ResponseLanguage,
    "length_constraints:number_sentences": _Sentences,
    "length_constraints:number_words": _Words,
    "length_constraints:nth_paragraph_first_word": _FirstWord,
    "detectable_format:constrained_response": _ConstrainedResponse,
}
"""Instruction id -> its checker."""
