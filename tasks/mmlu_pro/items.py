"""MMLU-Pro: items with up to ten options, prompts and worked examples as its makers publish them."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import datasets

from harness.evaluation.extraction import INVALID

_LETTERS = "ABCDEFGHIJ"
_OPENING = "A: Let's think step by step."
_SAID = re.compile(r"(?i:answer is):?\s*\**\(?([A-J])\b")


def normalised(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the rows as multiple-choice items: `question`, `options`, `gold`, `part` (the category).

    `worked` is the solution of an example; evaluated items have an empty one. Padding options ("N/A") are no
    options.
    """
    return datasets.Dataset.from_list([_item(row) for row in dataset])


def prompt(doc: dict[str, Any]) -> str:
    """Return the question with its options; the answer is to begin with the makers' own words."""
    options = "\n".join(f"{letter}. {text}" for letter, text in zip(_LETTERS, doc["options"], strict=False))
    return f"Question:\n{doc['question']}\nOptions:\n{options}\nAnswer: Let's think step by step."


def worked(doc: dict[str, Any]) -> str:
    """Return the worked solution of an example; of an item without one, its answer in the asked form."""
    return doc["worked"] or f"The answer is ({_LETTERS[doc['gold']]})."


def _item(row: dict[str, Any]) -> dict[str, Any]:
    options = [str(option).strip() for option in row["options"]]
    while options[-1] == "N/A":
        options.pop()
    return {
        "question": str(row["question"]).strip(),
        "options": options,
        "gold": _LETTERS.index(row["answer"].strip()),
        "part": row["category"],
        "worked": (row.get("cot_content") or "").removeprefix(_OPENING).strip(),
    }


def strict(responses: Iterable[list[str]], docs: Iterable[dict[str, Any]]) -> Iterator[list[str]]:
    """Yield, per item, the letter in the last "answer is (X)" of each answer, brackets or not.

    What follows a "Question:" of the model's own is no part of the answer.
    """
    for answers, doc in zip(responses, docs, strict=True):
        letters = _LETTERS[: len(doc["options"])]
        said = [_SAID.findall(re.split(r"\n[ \t]*Question:", answer, maxsplit=1)[0]) for answer in answers]
        yield [found[-1] if found and found[-1] in letters else INVALID for found in said]
