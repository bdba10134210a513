"""The items of HRM8K's five parts (GSM8K, KSM, MATH, MMMLU, OMNI_MATH)."""

from typing import Any

import datasets
from lm_eval.tasks.hrm8k.default import utils


def process_docs(dataset: datasets.Dataset) -> datasets.Dataset:
    """Return the items with their answers as text: 18.0 in the file is 18."""
    return datasets.Dataset.from_list(
        [
            {"question": row["question"], "answer": utils.postprocess(row["answer"]), "part": row["part"]}
            for row in dataset
        ]
    )


def prompt(doc: dict[str, Any]) -> str:
    """Return the makers' prompt; MMMLU's problems list four choices, and the box takes the number of one."""
    return str(utils.doc_to_text_mmmlu(doc) if doc["part"] == "MMMLU" else utils.doc_to_text(doc))
