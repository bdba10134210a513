"""GSM8K: the items, and the published worked examples, read from lm-eval's own task."""

from pathlib import Path
from typing import Any

import datasets
import lm_eval
import yaml

_OWN = Path(lm_eval.__file__).parent / "tasks" / "gsm8k" / "gsm8k-cot.yaml"


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the columns that the task reads: copies of the set carry others, too."""
    return dataset.select_columns(["question", "answer"])


def examples() -> list[dict[str, Any]]:
    """Return the eight questions with worked answers (Wei et al. 2022, arXiv:2201.11903), as lm-eval has them."""
    return list(yaml.safe_load(_OWN.read_text(encoding="utf-8"))["fewshot_config"]["samples"])
