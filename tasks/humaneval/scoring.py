"""Take the program out of an answer and run it against the problem's tests in the sandbox."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from harness.evaluation.sandbox import run_python

_BLOCK = re.compile(r"```(?:python|py)?[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL | re.IGNORECASE)


def extract_code(responses: Iterable[list[str]], docs: Iterable[dict[str, Any]]) -> Iterator[list[str]]:
    """Yield, per item, the program in each of its answers.

    The first code block that defines the asked function, else the first block, else the whole answer.
    """
    for answers, doc in zip(responses, docs, strict=True):
        yield [_program(answer, doc["entry_point"]) for answer in answers]


def process_results(doc: dict[str, Any], results: list[str]) -> dict[str, float]:
    """Return whether the program passes the problem's tests.

    The problem's own text stands before it, so that an answer may lean on the imports and helpers given there.
    """
    (program,) = results
    preamble = doc["prompt"][: doc["prompt"].rindex("def " + doc["entry_point"])]
    whole = f"{preamble}\n{program}\n\n{doc['test']}\n\ncheck({doc['entry_point']})\n"
    return {"pass@1": float(run_python(whole).passed)}


def _program(answer: str, entry_point: str) -> str:
    blocks = _BLOCK.findall(answer)
    defining = [block for block in blocks if re.search(rf"def\s+{re.escape(entry_point)}\b", block)]
    return str(next(iter(defining + blocks), answer))
