"""The items of KoBALT-700: the question's text ends with its ten options, one line `A: …` each."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import datasets

from harness.evaluation.extraction import INVALID
from harness.evaluation.extraction.text import plain

_OPTION = re.compile(r"^[A-J]: ?(.*)$", re.MULTILINE)
_ANSWER = re.compile(r"정답은\s*[\[(]?\s*([A-J])\s*[\])]?\s*입니다")


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items with question and options taken apart; `part` is the field of linguistics."""
    return datasets.Dataset.from_list([_item(row) for row in dataset])


def prompt(doc: dict[str, Any]) -> str:
    """Return our prompt, which asks for the answer in its makers' form, after as much thought as is wanted."""
    options = "\n".join(f"{chr(ord('A') + i)}: {option}" for i, option in enumerate(doc["options"]))
    return (
        f"{doc['question']}\n\n{options}\n\n"
        "위 문제를 차근차근 생각하여 풀고 열 개의 보기 가운데 정답을 하나만 고르세요. "
        "답변의 마지막 문장은 '정답은 X입니다.'로 쓰고, X 자리에는 A부터 J까지의 글자 하나만 쓰세요."
    )


def strict(responses: Iterable[list[str]], docs: Iterable[dict[str, Any]]) -> Iterator[list[str]]:
    """Yield, per item, the letter in the last `정답은 X입니다` of its answers, which the prompt asks for."""
    for answers, _ in zip(responses, docs, strict=True):
        found = [_ANSWER.findall(plain(answer)) for answer in answers]
        yield [letters[-1] if letters else INVALID for letters in found]


def _item(row: dict[str, Any]) -> dict[str, Any]:
    text = row["Question"]
    options = list(_OPTION.finditer(text))
    return {
        "question": text[: options[0].start()].strip(),
        "options": [option[1].strip() for option in options],
        "gold": ord(row["Answer"]) - ord("A"),
        "part": row["Class"],
    }
