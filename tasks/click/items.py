"""The items of CLIcK: four or five choices, the answer given as the text of one of them."""

import re
from typing import Any

import datasets

_LANGUAGE = re.compile("CSAT_korean|Kedu|PSE_korean|TK")


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items with every choice that they have; `part` is language or culture, told by the id."""
    return datasets.Dataset.from_list([_item(row) for row in dataset])


def _item(row: dict[str, Any]) -> dict[str, Any]:
    question = f"{row['paragraph']}\n\n{row['question']}" if row["paragraph"] else row["question"]
    return {
        "question": question,
        "options": list(row["choices"]),
        "gold": row["choices"].index(row["answer"]),
        "part": "language" if _LANGUAGE.search(row["id"]) else "culture",
    }
