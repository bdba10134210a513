"""BIG-Bench Hard: its items, and the descriptions and worked examples that its makers published."""

from functools import cache
from pathlib import Path
from typing import Any

import datasets
import lm_eval.tasks
import yaml

_TEMPLATES = Path(lm_eval.tasks.__file__).parent / "bbh" / "cot_fewshot"
"""lm-eval's copy of the original prompts, one file per task."""


def normalised(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items with their task's `description`; `part` is the task."""
    return datasets.Dataset.from_list(
        [
            {
                "part": row["part"],
                "description": _template(row["part"])["description"],
                "input": row["input"],
                "target": row["target"].strip(),
            }
            for row in dataset
        ]
    )


def examples() -> list[dict[str, Any]]:
    """Return the three worked examples of every task, in its makers' order."""
    parts = sorted(path.stem for path in _TEMPLATES.glob("*.yaml") if not path.stem.startswith("_"))
    return [
        {"part": part, "input": example["input"], "target": example["target"]}
        for part in parts
        for example in _template(part)["fewshot_config"]["samples"]
    ]


@cache
def _template(part: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((_TEMPLATES / f"{part}.yaml").read_text(encoding="utf-8"))
    return found
