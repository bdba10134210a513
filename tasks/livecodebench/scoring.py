"""Run an answer on every test of its problem and compare as LiveCodeBench does (lcb_runner/evaluation).

One difference: an answer runs as a program, while the makers put it into a function of one process for all
tests, in which `global` fails and state stays from test to test.
"""

import base64
import io
import json
import pickle
import zlib
from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from harness.evaluation.sandbox import Case, Limits, Outcome, run_cases

SECONDS = 6.0
"""For one test."""
MEMORY_BYTES = 4 << 30
SPARE_OUTPUT_BYTES = 1 << 20

_STARRED = (
    "string", "re", "datetime", "collections", "heapq", "bisect", "copy", "math", "random", "statistics",
    "itertools", "functools", "operator", "io", "sys", "json", "builtins", "typing",
)  # fmt: skip
BEFORE = "\n".join(
    [f"from {name} import *" for name in _STARRED]
    + [f"import {name}" for name in _STARRED if name not in ("builtins", "typing")]
    + ["sys.setrecursionlimit(50000)"]
)
"""What the makers import before an answer: on the problems' site of origin `List` and others are known."""


def process_results(doc: dict[str, Any], results: list[str]) -> dict[str, float]:
    """Return whether the program passes every test, public and private; the first failure ends it."""
    (program,) = results
    return {"pass@1": float(bool(program.strip()) and _passes(program, _tests(doc), doc["fn_name"]))}


def _passes(program: str, tests: Sequence[dict[str, str]], function: str) -> bool:
    cases = [_call(function, test["input"]) if function else Case(stdin=test["input"]) for test in tests]
    longest = max(len(test["output"]) for test in tests)
    limits = Limits(SECONDS, MEMORY_BYTES, output_bytes=2 * longest + SPARE_OUTPUT_BYTES)
    name = "answer" if function else "__main__"
    right = _same_value if function else _same_lines
    with closing(run_cases([BEFORE, program], cases, limits, name)) as outcomes:
        return all(
            outcome.passed and right(outcome, test["output"])
            for outcome, test in zip(outcomes, tests, strict=True)
        )


def _call(function: str, arguments: str) -> Case:
    """Return the case that calls the function asked for, a line of JSON per argument."""
    values = [json.loads(line) for line in arguments.split("\n")]
    return Case(then=f"{_CALLING}\n__value__ = __called__({function!r}, {values!r})\n")


_CALLING = """
def __called__(name, arguments):
    owner = globals()['Solution']() if 'Solution' in globals() else None
    found = (getattr(owner, name) if owner is not None else globals()[name])(*arguments)
    return __plain__(list(found) if isinstance(found, tuple) else found)


def __plain__(value):
    if isinstance(value, list):
        return [__plain__(item) for item in value]
    if isinstance(value, tuple):
        raise TypeError('a tuple inside a list equals no list')
    return value.item() if type(value).__module__ == 'numpy' and value.ndim == 0 else value
"""


def _same_value(outcome: Outcome, expected: str) -> bool:
    return bool(outcome.value == json.loads(expected))


def _same_lines(outcome: Outcome, expected: str) -> bool:
    """Compare line by line without outer white space: equal as texts, or number for number."""
    given, wanted = (text.strip().split("\n") for text in (outcome.stdout, expected))
    return len(given) == len(wanted) and all(
        one.strip() == other.strip() or _same_numbers(one, other) for one, other in zip(given, wanted, strict=True)
    )


def _same_numbers(one: str, other: str) -> bool:
    try:
        return [Decimal(word) for word in one.split()] == [Decimal(word) for word in other.split()]
    except InvalidOperation:
        return False


def _tests(doc: dict[str, Any]) -> list[dict[str, str]]:
    """Return the public tests, then the private ones, each with `input` and `output`."""
    return [*json.loads(doc["public_test_cases"]), *_private(doc["private_test_cases"])]


def _private(packed: str) -> list[dict[str, str]]:
    """Return the private tests: JSON, or base64 of zlib of a pickle of a text of JSON."""
    try:
        found = json.loads(packed)
    except json.JSONDecodeError:
        text = _TextOnly(io.BytesIO(zlib.decompress(base64.b64decode(packed)))).load()
        found = json.loads(text)
    return list(found)


class _TextOnly(pickle.Unpickler):
    """A pickle from the hub may hold a text: names to import or to call are refused."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"expected a text, found a reference to {module}.{name}")

    def persistent_load(self, pid: Any) -> NoReturn:
        raise pickle.UnpicklingError(f"expected a text, found a reference to {pid}")
