"""Programs in answers: take them out, and run them against the tests of their problem.

The tasks that have a function written share it all. Their items have the columns `entry_point` (the function
asked for), `before` (Python that stands before the answer), `tests` (Python that runs after it) and `seconds`.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

from harness.evaluation.sandbox import Case, Limits, run_cases

_BLOCK = re.compile(r"```[\w+-]*[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL)
_MEMORY_BYTES = 4 << 30


def extract_function(responses: Iterable[list[str]], docs: Iterable[dict[str, Any]]) -> Iterator[list[str]]:
    """Yield, per item, the program in each of its answers (a filter of lm-eval).

    The first code block that defines the asked function, else the first block, else the whole answer.
    """
    for answers, doc in zip(responses, docs, strict=True):
        yield [_defining(answer, doc["entry_point"]) for answer in answers]


def extract_last_block(responses: Iterable[list[str]], docs: Iterable[dict[str, Any]]) -> Iterator[list[str]]:
    """Yield, per item, what stands between the last two lines with a fence in each answer, else nothing.

    The rule of LiveCodeBench (lcb_runner/utils/extraction_utils.py): an unclosed block is no answer.
    """
    for answers, _ in zip(responses, docs, strict=True):
        yield [_last_block(answer) for answer in answers]


def process_results(doc: dict[str, Any], results: list[str]) -> dict[str, float]:
    """Return whether the program lets the tests of its problem come to their end.

    It runs as a module and not as the main program, as in the original evaluations. Raises HarnessError without
    a sandbox.
    """
    limits = Limits(seconds=doc["seconds"], memory_bytes=_MEMORY_BYTES)
    sources = [doc["before"], *results]
    with closing(run_cases(sources, [Case(then=doc["tests"])], limits, name="answer")) as outcomes:
        return {"pass@1": float(next(outcomes).passed)}


def _defining(answer: str, entry_point: str) -> str:
    blocks = _BLOCK.findall(answer)
    defining = [block for block in blocks if re.search(rf"\b(?:def|class)\s+{re.escape(entry_point)}\b", block)]
    return str(next(iter(defining + blocks), answer))


def _last_block(answer: str) -> str:
    lines = answer.split("\n")
    fences = [number for number, line in enumerate(lines) if "```" in line]
    return "\n".join(lines[fences[-2] + 1 : fences[-1]]) if len(fences) > 1 else ""
