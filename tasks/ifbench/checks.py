"""Check an answer against the constraints of its prompt, with the checkers of the package if-verifiable."""

from typing import Any
from unittest import mock

import nltk

from harness.evaluation.tagger import provide

# The checkers fetch NLTK data while they are imported. Ours comes pinned (the benchmark's `resources`), and a
# machine without network would wait here for nothing.
with mock.patch.object(nltk, "download", return_value=False):
    from if_verifiable.common import get_loose_transformations
    from if_verifiable.ifbench.instructions_registry import INSTRUCTION_DICT


def process_results(doc: dict[str, Any], results: list[str]) -> dict[str, float]:
    """Return whether the answer keeps all constraints of the prompt, strictly and loosely.

    Loosely: any of eight readings of the text, with markdown stars, the first or the last line removed,
    keeps them (Zhou et al. 2023, arXiv:2311.07911, section 2). Raises KeyError for an unknown constraint.
    """
    (answer,) = results
    provide()
    strict, loose = [], []
    for instruction, kwargs in zip(doc["instruction_id_list"], doc["kwargs"], strict=True):
        checker = INSTRUCTION_DICT[instruction](instruction)
        checker.build_description(**{name: value for name, value in kwargs.items() if value is not None})
        if kwargs.get("n_start") == 0:
            checker._n_start = 0  # the checker takes 0 for no start, and draws one at random
        arguments = checker.get_instruction_args()
        if arguments and "prompt" in arguments:
            checker.build_description(prompt=doc["prompt"])
        strict.append(_keeps(checker, answer))
        loose.append(any(_keeps(checker, reading) for reading in get_loose_transformations(answer)))
    return {
        "prompt_level_strict_acc": float(all(strict)),
        "prompt_level_loose_acc": float(all(loose)),
    }


def _keeps(checker: Any, text: str) -> bool:
    return bool(text.strip() and checker.check_following(text))
