"""Items of HAE-RAE Bench: ready prompts (`query`) that end with `### 선택지:`, options `(A) …`, `### 정답:`."""

from typing import Any

import datasets


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items with question and options taken apart; the answer is written `(A)`."""
    return datasets.Dataset.from_list([_item(row) for row in dataset])


def _item(row: dict[str, Any]) -> dict[str, Any]:
    *question, choices, _ = row["query"].split("###")
    return {
        "question": "###".join(question).strip(),
        "options": _options(choices),
        "gold": "ABCDE".index(row["answer"].strip().strip("()")),
        "part": row["part"],
    }


def _options(choices: str) -> list[str]:
    """Return the texts after (A), (B), …, each sign looked for behind the one before it."""
    starts: list[int] = []
    for letter in "ABCDE":
        found = choices.find(f"({letter})", starts[-1] if starts else 0)
        if found < 0:
            break
        starts.append(found + 3)
    ends = [start - 3 for start in starts[1:]] + [len(choices)]
    return [choices[start:end].strip() for start, end in zip(starts, ends, strict=True)]
