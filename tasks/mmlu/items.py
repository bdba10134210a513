"""MMLU, its corrected and its translated items: every origin's columns in one shape."""

import re
from typing import Any

import datasets

_LETTERS = "ABCD"


def normalised(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the rows as multiple-choice items: `question`, `options`, `gold`, `part` (the subject).

    cais/mmlu and MMLU-Redux have `choices` and the number of the right one; the original files, MMMLU and
    Global-MMLU a column per choice and a letter, under names of their own. The subject is a column, else the
    `part` of the origin: a configuration, or the name of a file such as `anatomy_test`.
    """
    return datasets.Dataset.from_list([_item(row) for row in dataset])


def _item(row: dict[str, Any]) -> dict[str, Any]:
    columns = _LETTERS if "A" in row else [f"option_{letter.lower()}" for letter in _LETTERS]
    options = row.get("choices") or [row[column] for column in columns]
    answer = row["answer"] if "answer" in row else row["Answer"]
    gold = _LETTERS.index(answer.strip()) if isinstance(answer, str) else int(answer)
    part = row.get("subject") or row.get("Subject") or row["part"]
    return {
        "question": str(row["question"] if "question" in row else row["Question"]).strip(),
        "options": [str(option).strip() for option in options],
        "gold": gold,
        "part": re.sub(r"_(test|val|dev)$", "", str(part)),
    }
