"""Check an answer with lm-eval's checkers of IFEval, without what they leave to chance."""

from typing import Any
from unittest import mock

from langdetect import DetectorFactory
from lm_eval.tasks.ifeval import instructions, utils
from lm_eval.tasks.ifeval.instructions_registry import INSTRUCTION_DICT


class SignFrequency(instructions.LetterFrequencyChecker):  # type: ignore[misc]
    """How often a character stands in the answer: lm-eval draws a letter at random where the asked one is none."""

    def build_description(self, *, letter: str, **how: Any) -> str:
        """Return the instruction in words; `how` is what lm-eval's checker takes besides the character."""
        text = super().build_description(letter="a", **how)
        self._letter = letter.strip().lower()
        return str(text)


def process_results(doc: dict[str, Any], results: list[str]) -> dict[str, Any]:
    """Return the four rates of one answer; those over instructions as a list with one value each."""
    DetectorFactory.seed = 0
    with mock.patch.dict(INSTRUCTION_DICT, {"keywords:letter_frequency": SignFrequency}):
        found: dict[str, Any] = utils.process_results(doc, results)
    return found
