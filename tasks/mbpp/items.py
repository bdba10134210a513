"""MBPP's items, its sanitized ones and MBPP+'s, as programs to write."""

import ast
from typing import Any

import datasets

TEST_IDS = range(11, 511)
"""The test split among the 974 tasks; 1 to 10 are for examples, the others for tuning."""
SECONDS = 10.0
SECONDS_PLUS = 60.0


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the test split of MBPP, from all its tasks or from the split alone."""
    return dataset.filter(lambda row: row["task_id"] in TEST_IDS).map(_full)


def process_docs_sanitized(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the sanitized items: other wording, some other tests, and imports that the tests need."""
    return dataset.map(_sanitized)


def process_docs_plus(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items of MBPP+: the first of MBPP's tests is shown, as its makers do; `test` has all of them."""
    return dataset.map(_plus)


def _full(row: dict[str, Any]) -> dict[str, Any]:
    tests = [row["test_setup_code"], *row["test_list"]]
    return _doc(row, row["text"], shown=row["test_list"], tests=tests, seconds=SECONDS)


def _sanitized(row: dict[str, Any]) -> dict[str, Any]:
    tests = [*row["test_imports"], *row["test_list"]]
    return _doc(row, row["prompt"], shown=row["test_list"], tests=tests, seconds=SECONDS)


def _plus(row: dict[str, Any]) -> dict[str, Any]:
    return _doc(row, row["prompt"], shown=row["test_list"][:1], tests=[row["test"]], seconds=SECONDS_PLUS)


def _doc(
    row: dict[str, Any], question: str, *, shown: list[str], tests: list[str], seconds: float
) -> dict[str, Any]:
    return {
        "question": question,
        "shown": "\n".join(shown),
        "entry_point": entry_point(row["code"], row["test_list"]),
        "before": "",
        "tests": "\n".join(tests) + "\n",
        "seconds": seconds,
        "code": row["code"],
    }


def entry_point(code: str, tests: list[str]) -> str:
    """Return the name that the tests call and the reference solution defines."""
    defined = {
        node.name for node in ast.walk(ast.parse(code)) if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }
    used = (node.id for node in ast.walk(ast.parse(tests[0])) if isinstance(node, ast.Name))
    return next(name for name in used if name in defined)
