"""HumanEval's items, and HumanEval+'s, as programs to complete."""

from typing import Any

import datasets

SECONDS = 10.0
SECONDS_PLUS = 60.0
"""HumanEval+ has some eighty times as many tests, all in one function."""


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items of HumanEval."""
    return dataset.map(lambda row: _doc(row, SECONDS))


def process_docs_plus(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items of HumanEval+, whose `test` holds its own inputs and expected results."""
    return dataset.map(lambda row: _doc(row, SECONDS_PLUS))


def _doc(row: dict[str, Any], seconds: float) -> dict[str, Any]:
    """The problem's own text stands before an answer, which may lean on the imports and helpers given there."""
    name = row["entry_point"]
    before = row["prompt"][: row["prompt"].rindex("def " + name)]
    return {**row, "before": before, "tests": f"{row['test']}\n\ncheck({name})\n", "seconds": seconds}
