"""GPQA: items whose options stand in an order of their own, the same in every process and on every machine."""

import hashlib
from typing import Any

import datasets


def normalised(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the rows as multiple-choice items: `question`, `options`, `gold`, `part` (the field).

    The data set lists the right answer first. lm-eval shuffles with the process's random state, so that two runs
    see two orders; here the order follows from the question's own text.
    """
    return datasets.Dataset.from_list([_item(row) for row in dataset])


def _item(row: dict[str, Any]) -> dict[str, Any]:
    right = row["Correct Answer"].strip()
    options = [right, *(row[f"Incorrect Answer {number}"].strip() for number in (1, 2, 3))]
    question = row["Question"].strip()
    order = sorted(range(4), key=lambda position: hashlib.sha256(f"{question}\n{position}".encode()).digest())
    return {
        "question": question,
        "options": [options[position] for position in order],
        "gold": order.index(0),
        "part": row.get("High-level domain") or "",
    }
