"""The items of MMLU in Korean: MMMLU (Question, A, …, Answer) and Global-MMLU (question, option_a, …, answer)."""

from typing import Any

import datasets


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items with their options as a list; `part` is the subject."""
    return datasets.Dataset.from_list([_item(row) for row in dataset])


def _item(row: dict[str, Any]) -> dict[str, Any]:
    openai = "Question" in row
    return {
        "question": row["Question" if openai else "question"],
        "options": [row[letter if openai else f"option_{letter.lower()}"] for letter in "ABCD"],
        "gold": "ABCD".index(row["Answer" if openai else "answer"]),
        "part": row["Subject" if openai else "subject"],
    }
