"""Take the program out of an answer and run it against the problem's tests in the sandbox."""

import re
import secrets
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
    # Only the last line knows the word: a program that ends itself before the tests has not passed them. And it
    # is a module, as in the original evaluation, not the main program.
    word = secrets.token_hex(8)
    whole = f"__name__ = 'answer'\n{preamble}\n{program}\n\n{doc['test']}\n\n"
    whole += f"check({doc['entry_point']})\nprint('\\n{word}')\n"
    found = run_python(whole)
    return {"pass@1": float(found.passed and found.output.endswith(f"\n{word}\n"))}


def _program(answer: str, entry_point: str) -> str:
    blocks = _BLOCK.findall(answer)
    defining = [block for block in blocks if re.search(rf"def\s+{re.escape(entry_point)}\b", block)]
    return str(next(iter(defining + blocks), answer))
