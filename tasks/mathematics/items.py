"""Competition problems with one short final answer: every origin's columns in one shape, a translation first."""

from typing import Any

import datasets

_PROBLEM = ("problem_ko", "problem", "Problem", "question")
_ANSWER = ("expected_answer", "answer", "Answer", "Short Answer")


def normalised(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the rows as `question` and `answer`, both text, whatever the origin calls them."""
    return datasets.Dataset.from_list(
        [{"question": _text(row, _PROBLEM), "answer": _text(row, _ANSWER)} for row in dataset]
    )


def _text(row: dict[str, Any], names: tuple[str, ...]) -> str:
    return str(next(row[name] for name in names if row.get(name) is not None)).strip()
