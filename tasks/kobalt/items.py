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
    """Return the makers' prompt (evaluation_protocol.md of the data set), word for word.

    Their system prompt is the protocol's matter.
    """
    options = "\n".join(f"{chr(65 + i)}: {option}" for i, option in enumerate(doc["options"]))
    return (
        "다음 문제에 대해서 충분히 생각하고 추론하여, "
        "10개의 보기(A, B, C, D, E, F, G, H, I, J) 중 정답을 고르세요.\n\n"
        f"{doc['question']}\n\n{options}\n\n"
        '답변은 반드시 다음 형식을 엄격히 지켜야 합니다: "정답은 [정답 보기]입니다."로 끝나야 하고, '
        "[정답 보기]는 A, B, C, D, E, F, G, H, I, J 중 하나여야 합니다.\n"
        "정답: 문제를 풀기 위해, 한 번 천천히 생각해봅시다."
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
