"""The order in which the choices of an item are shown."""

import hashlib
import random
from collections.abc import Callable
from typing import Any

import datasets

from harness.errors import HarnessError

Docs = Callable[[datasets.Dataset], datasets.Dataset]


def shuffled(process_docs: Docs | None, seed: int, where: str) -> Docs:
    """Return `process_docs` followed by a shuffle of each item's `options`, its `gold` index following.

    The order depends on `seed` and on the item's own text: it is the same in every run and on every machine.
    The returned function raises HarnessError for items without `options` and `gold`.
    """

    def shuffle(doc: dict[str, Any]) -> dict[str, Any]:
        digest = hashlib.sha256(f"{seed}/{doc['question']}/{doc['options']}".encode()).digest()
        order = list(range(len(doc["options"])))
        random.Random(digest).shuffle(order)
        return {**doc, "options": [doc["options"][i] for i in order], "gold": order.index(doc["gold"])}

    def processed(rows: datasets.Dataset) -> datasets.Dataset:
        docs = rows if process_docs is None else process_docs(rows)
        if not {"question", "options", "gold"} <= set(docs.column_names):
            raise HarnessError(
                expected="a task with choices that can be shuffled",
                found=f"items with {', '.join(docs.column_names)}",
                where=where,
                fix="protocol.options=as_given",
            )
        return datasets.Dataset.from_list([shuffle(doc) for doc in docs])

    return processed
