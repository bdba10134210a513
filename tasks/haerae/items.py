"""Items of HAE-RAE Bench: ready prompts (`query`) that end with `### 선택지:`, options `(A) …`, `### 정답:`."""

import ast
from typing import Any

import datasets


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items with question and options taken apart; the answer is written `(A)`."""
    return datasets.Dataset.from_list([_item(row) for row in dataset])


def _item(row: dict[str, Any]) -> dict[str, Any]:
    parts = row["query"].split("###")
    question, options = "###".join(parts[:-2]), _shown(parts[-2]) if len(parts) > 2 else []
    if not options:
        # A query without such headings: the column of its options remains.
        question, options = row["query"], _listed(row["options"])
    return {
        "question": question.strip(),
        "options": options,
        "gold": "ABCDE".index(row["answer"].strip().strip("()")),
        "part": row["part"],
    }


def _shown(choices: str) -> list[str]:
    """Return the texts after (A), (B), …, each sign looked for behind the one before it."""
    starts: list[int] = []
    for letter in "ABCDE":
        found = choices.find(f"({letter})", starts[-1] if starts else 0)
        if found < 0:
            break
        starts.append(found)
    ends = [*starts[1:], len(choices)]
    return [choices[start + 3 : end].strip() for start, end in zip(starts, ends, strict=False)]


def _listed(options: str) -> list[str]:
    """Return the options written as a Python list, or with | between them."""
    return [str(each) for each in ast.literal_eval(options)] if options.startswith("[") else options.split("|")
