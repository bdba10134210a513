"""The items of KBL: knowledge, reasoning and bar exam questions of 64 configurations with different columns."""

from typing import Any

import datasets

_RULING = (
    "상고인: {{{0}_case_appellant}}\n사실관계: {{{0}_case_fact}}\n당사자 주장: {{{0}_case_claim}}\n"
    "법원의 판단: {{{0}_case_judicial_opinion}}"
)
_KINDS = {
    "cause": (
        "{question}\n\n공소사실: {facts_charged}\n피고인 주장: {defendant_claim}\n인정된 증거: {facts_accepted}\n"
        "X: {cause}\nY: {effect}\n\nX와 Y는 어떤 관계입니까?"
    ),
    "statement1": "{question}\n\n진술 1: {statement1}\n진술 2: {statement2}",
    "query_case_fact": (
        "{question}\n\n판결 1\n" + _RULING.format("query") + "\n\n판결 2\n" + _RULING.format("retrieved")
    ),
    "query": "{question}\n\n의뢰인 주장: {query}\n\n판결\n" + _RULING.format("retrieved"),
}
"""A column that only one kind of question has -> how what belongs to the question is laid out."""


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items with what belongs to the question in one text, and two to five options."""
    return datasets.Dataset.from_list([_item(row) for row in dataset])


def _item(row: dict[str, Any]) -> dict[str, Any]:
    template = next((form for column, form in _KINDS.items() if row.get(column)), "{question}")
    # The bar exams name the answer gt, the others label.
    return {
        "question": template.format(**row),
        "options": [str(row[letter]) for letter in "ABCDE" if row.get(letter)],
        "gold": ord((row.get("gt") or row["label"]).strip()) - ord("A"),
        "part": row["part"],
    }
