"""The items of KBL: knowledge, reasoning and bar exam questions of 64 configurations with different columns."""

from typing import Any

import datasets

_RULING = (
    "[{0} 판결문 상고인]\n{{{1}_case_appellant}}\n[{0} 판결문 사실관계]\n{{{1}_case_fact}}\n"
    "[{0} 판결문 당사자들의 주장]\n{{{1}_case_claim}}\n[{0} 판결문 판사의 의견]\n{{{1}_case_judicial_opinion}}"
)
_TEMPLATES = {
    "cause": (
        "{question}\n검사의 공소사실: {facts_charged}\n피고인의 주장: {defendant_claim}\n증거: {facts_accepted}\n"
        "X, Y를 각각\nX: {cause}\nY: {effect}\n라고 할 때 X와 Y 사이의 관계를 고르세요."
    ),
    "statement1": "{question}\n진술1: {statement1}\n진술2: {statement2}",
    "query_case_fact": "{question}\n\n"
    + _RULING.format("첫번째", "query")
    + "\n\n"
    + _RULING.format("두번째", "retrieved"),
    "query": (
        "{question}\n[의뢰인의 주장]\n{query}\n\n[판결문]\n- 상고인\n{retrieved_case_appellant}\n"
        "- 사실관계\n{retrieved_case_fact}\n- 당사자들의 주장\n{retrieved_case_claim}\n"
        "- 판사의 의견\n{retrieved_case_judicial_opinion}"
    ),
}
"""A column that only one kind of question has -> how its columns are laid out, after lm-eval's kbl tasks."""


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items with what belongs to the question in one text, and two to five options."""
    return datasets.Dataset.from_list([_item(row) for row in dataset])


def _item(row: dict[str, Any]) -> dict[str, Any]:
    template = next((form for column, form in _TEMPLATES.items() if row.get(column)), "{question}")
    # The bar exams name the answer gt, the others label.
    return {
        "question": template.format(**row),
        "options": [str(row[letter]) for letter in "ABCDE" if row.get(letter)],
        "gold": ord((row.get("gt") or row["label"]).strip()) - ord("A"),
        "part": row["part"],
    }
