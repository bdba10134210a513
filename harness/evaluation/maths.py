"""Problems with a mathematical answer: prompt and score, shared by the tasks in tasks/.

A doc has `question` and `answer` (a number, or LaTeX without the box).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.evaluation.extraction.maths import equal

Doc = Mapping[str, Any]


def question_ko(doc: Doc) -> str:
    """Return the Korean prompt, which asks for the final answer in a box."""
    return f"{doc['question'].strip()}\n\n풀이 과정을 쓰고, 최종 답은 \\boxed{{}} 안에 쓰세요."


def question_en(doc: Doc) -> str:
    """Return the English prompt, made like `question_ko`."""
    return (
        f"{doc['question'].strip()}\n\nPlease reason step by step, and put your final answer within \\boxed{{}}."
    )


def target(doc: Doc) -> str:
    """Return the answer as a few-shot example ends on it."""
    return f"\\boxed{{{doc['answer']}}}"


def process_results(doc: Doc, results: Sequence[str]) -> dict[str, float]:
    """Return whether the extracted answer equals the right one."""
    return {"accuracy": float(equal(str(doc["answer"]), results[0]))}
