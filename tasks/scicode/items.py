"""SciCode's problems, as steps with the earlier ones given, or whole in one answer.

The makers ask for one step after the other, each prompt with the model's own earlier code. A task asks for every
item by itself, so that form is left out.
"""

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import datasets

from harness.config.settings import data_root
from harness.store.files import sha256_file

GIVEN = {"13.6": "13.6.txt", "62.1": "62.1.txt", "76.3": "76.3.txt"}
"""Steps that the makers give and do not grade, and the files with their code."""


def process_docs_steps(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the steps of the problems that come with reference code, which stands for the earlier steps."""
    template = _data("multistep_template.txt")
    return datasets.Dataset.from_list([doc for row in dataset for doc in _steps(row, template)])


def process_docs_whole(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the problems, all their steps asked for in one answer."""
    return datasets.Dataset.from_list([_whole(row) for row in dataset])


def _steps(row: dict[str, Any], template: str) -> list[dict[str, Any]]:
    docs = []
    dependencies = _dependencies(row)
    earlier: list[dict[str, Any]] = []
    for step in row["sub_steps"]:
        told = "\n\n------\n\n".join(f"{_described(one)}\n\n{one['ground_truth_code']}" for one in earlier)
        asked = f"{_described(step)}\n\n{step['function_header']}\n\n{step['return_line'] or ''}"
        words = {"problem_steps_str": told, "next_step_str": asked, "dependencies": dependencies}
        docs.append(
            {
                "question": template.format(**words),
                "entry_point": _name(step),
                "before": "\n\n".join([dependencies, *(one["ground_truth_code"] for one in earlier)]),
                "steps": [{"number": step["step_number"], "tests": step["test_cases"]}],
                "code": step["ground_truth_code"],
                "expected_sha256": _expected_sha256(),
            }
        )
        earlier.append(step)
    return docs


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    dependencies = _dependencies(row)
    asked, before = [], [dependencies]
    for number, step in enumerate(row["sub_steps"], 1):
        code = f"{step['function_header']}\n\n{step['return_line'] or ''}"
        note = ""
        if step["step_number"] in GIVEN:
            code = _data(GIVEN[step["step_number"]])
            note = " (given; do not repeat it)"
            before.append(code)
        asked.append(f"## Step {number}{note}\n\n{_described(step)}\n\n```python\n{code}\n```")
    graded = [step for step in row["sub_steps"] if step["step_number"] not in GIVEN]
    return {
        "question": "\n\n".join(
            [
                "Solve the following problem with one Python program that has every step's function or class.",
                row["problem_description_main"],
                *asked,
                f"These imports are there already; use no others:\n\n```python\n{dependencies}\n```",
                "Answer with the whole program in one ```python code block, without examples or tests.",
            ]
        ),
        "entry_point": _name(graded[-1]),
        "before": "\n\n".join(before),
        "steps": [{"number": step["step_number"], "tests": step["test_cases"]} for step in graded],
        "expected_sha256": _expected_sha256(),
    }


def _described(step: dict[str, Any]) -> str:
    return "\n".join(text for text in (step["step_description_prompt"], step["step_background"]) if text)


def _dependencies(row: dict[str, Any]) -> str:
    """Return the imports of a problem, without that of a drawing library, which no test uses."""
    lines = [
        line for line in row["required_dependencies"].splitlines() if not line.startswith("from mpl_toolkits")
    ]
    # SciPy 1.14 dropped the old name; the arguments are the same.
    return re.sub(r"\bimport simps\b", "import simpson as simps", "\n".join(lines))


def _name(step: dict[str, Any]) -> str:
    found = re.search(r"^\s*(?:def|class)\s+(\w+)", step["function_header"], re.MULTILINE)
    return found[1] if found else ""


def _expected_sha256() -> str | None:
    """Return the hash of the expected values, which so becomes part of the items' own; None without the file."""
    path = (data_root() or Path()) / "scicode" / "test_data.h5"
    return _sha256(path, path.stat().st_mtime_ns) if path.exists() else None


@cache
def _sha256(path: Path, changed: int) -> str:
    return sha256_file(path)


def _data(name: str) -> str:
    return Path(os.environ["SCICODE_PACKAGE"], "data", name).read_text(encoding="utf-8")
