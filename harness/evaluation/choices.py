"""Multiple-choice questions: prompt, gold letter and score, shared by the tasks in tasks/.

A doc has `question` (with its passage, if any), `options` (texts without letters) and `gold` (index of the right
one).
"""

from collections.abc import Mapping, Sequence
from typing import Any

Doc = Mapping[str, Any]


def question_ko(doc: Doc) -> str:
    """Return the Korean prompt: question, every option with its letter, and the form of the answer's last line."""
    return (
        f"{_listed(doc)}\n\n위 문제를 풀고 정답인 보기를 하나만 고르세요. "
        f"답변의 마지막 줄은 '정답: X' 형식으로 쓰고, X 자리에는 {_letters(doc)} 중 하나만 쓰세요."
    )


def question_en(doc: Doc) -> str:
    """Return the English prompt, made like `question_ko`."""
    return (
        f"{_listed(doc)}\n\nSolve the question above and choose exactly one option. "
        f"The last line of your response must be 'Answer: X', where X is one of {_letters(doc)}."
    )


def letter(doc: Doc) -> str:
    """Return the letter of the right option; raises IndexError when the gold is not among the options."""
    options: Sequence[str] = doc["options"]
    if not 0 <= doc["gold"] < len(options):
        raise IndexError(f"gold {doc['gold']} of {len(options)} options")
    return chr(ord("A") + doc["gold"])


def target_ko(doc: Doc) -> str:
    """Return the line that a Korean few-shot example ends on."""
    return f"정답: {letter(doc)}"


def target_en(doc: Doc) -> str:
    """Return the line that an English few-shot example ends on."""
    return f"Answer: {letter(doc)}"


def process_results(doc: Doc, results: Sequence[str]) -> dict[str, float]:
    """Return whether the extracted letter is the right one."""
    return {"accuracy": float(results[0] == letter(doc))}


def _listed(doc: Doc) -> str:
    options = [f"{chr(ord('A') + i)}. {option}" for i, option in enumerate(doc["options"])]
    return "\n".join([doc["question"].strip(), "", *options])


def _letters(doc: Doc) -> str:
    return ", ".join(chr(ord("A") + i) for i in range(len(doc["options"])))
