"""LiveCodeBench's problems by windows of contest dates."""

import json
from typing import Any

import datasets

WINDOW = ("2025-02-01", "2025-05-01")
"""Contest dates, both included."""


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return all problems."""
    return dataset.map(_doc)


def process_docs_window(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the problems of contests in the window."""
    first, last = WINDOW
    return dataset.filter(lambda row: first <= str(row["contest_date"])[:10] <= last).map(_doc)


def _doc(row: dict[str, Any]) -> dict[str, Any]:
    # The tests stay packed, up to a hundred megabytes a problem, until they are run.
    return {"fn_name": json.loads(row["metadata"] or "{}").get("func_name") or ""}
