"""The items of KMMLU's family: lettered columns (KMMLU, KMMLU-HARD) or a list of options (Redux, Pro)."""

from typing import Any

import datasets


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items with their options as a list and the right one's index."""
    return datasets.Dataset.from_list([_item(row) for row in dataset])


def _item(row: dict[str, Any]) -> dict[str, Any]:
    listed = row.get("options") is not None
    part = row.get("license_name") or row.get("part") or row.get("Category")
    return {
        "question": row["question"],
        "options": list(row["options"]) if listed else [row[letter] for letter in "ABCD"],
        "gold": int(row["solution" if listed else "answer"]) - 1,
        "part": part,
    }
