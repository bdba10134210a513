"""The items of KoBEST's five parts as questions with options."""

from typing import Any

import datasets


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items of all parts in one form."""
    return datasets.Dataset.from_list([_item(row) for row in dataset])


def _item(row: dict[str, Any]) -> dict[str, Any]:
    part = row["part"]
    question, options = _FORMS[part](row)
    return {"question": question, "options": options, "gold": int(row["label"]), "part": part}


def _boolq(row: dict[str, Any]) -> tuple[str, list[str]]:
    return f"{row['paragraph']}\n\n{row['question']}", ["아니오", "예"]


def _copa(row: dict[str, Any]) -> tuple[str, list[str]]:
    return (
        f"{row['premise']}\n\n이 일의 {row['question'].strip()}로 더 알맞은 것을 고르세요.",
        [row["alternative_1"], row["alternative_2"]],
    )


def _hellaswag(row: dict[str, Any]) -> tuple[str, list[str]]:
    return (
        f"{row['context']}\n\n이어질 문장으로 가장 알맞은 것을 고르세요.",
        [row[f"ending_{number}"] for number in range(1, 5)],
    )


def _sentineg(row: dict[str, Any]) -> tuple[str, list[str]]:
    return f"문장: {row['sentence']}\n\n이 문장은 긍정입니까, 부정입니까?", ["부정", "긍정"]


def _wic(row: dict[str, Any]) -> tuple[str, list[str]]:
    return (
        f"문장1: {row['context_1']}\n문장2: {row['context_2']}\n\n"
        f"두 문장에서 '{row['word']}'이(가) 같은 뜻으로 쓰였습니까?",
        ["아니오", "예"],
    )


_FORMS = {"boolq": _boolq, "copa": _copa, "hellaswag": _hellaswag, "sentineg": _sentineg, "wic": _wic}
