"""The items of KLUE-NLI (premise, hypothesis) and KorNLI (sentence1, sentence2) as questions of three options."""

from typing import Any

import datasets

from harness.evaluation.choices import question_ko

_LABELS = {"entailment": "함의", "neutral": "중립", "contradiction": "모순"}
_ASKED = (
    "전제가 참이라고 할 때 가설은 어떠합니까? 반드시 참이면 함의, 반드시 거짓이면 모순, "
    "참인지 거짓인지 알 수 없으면 중립입니다."
)


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the two sentences of each item, with the three relations that they can have."""
    return datasets.Dataset.from_list([_item(row) for row in dataset])


def prompt(doc: dict[str, Any]) -> str:
    """Return the prompt. What is the same for all items stands here, not in their `question`."""
    return question_ko({**doc, "question": f"{doc['question']}\n\n{_ASKED}"})


def _item(row: dict[str, Any]) -> dict[str, Any]:
    premise = row.get("premise") or row["sentence1"]
    hypothesis = row.get("hypothesis") or row["sentence2"]
    # The hub's copy of KLUE numbers the labels in this order, the repository's files spell them.
    label = row["gold_label"] if "gold_label" in row else list(_LABELS)[row["label"]]
    return {
        "question": f"전제: {premise}\n가설: {hypothesis}",
        "options": list(_LABELS.values()),
        "gold": list(_LABELS).index(label),
    }
