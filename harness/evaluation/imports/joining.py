"""Which item of a task a foreign log's item is, told by what was asked, else by its id."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lm_eval.api.instance import Instance

from harness.errors import HarnessError
from harness.evaluation.imports.log import ForeignItem

_IDS = ("key", "id", "task_id", "unique_id", "question_id", "problem_id")
"""Columns that name an item."""
_TEXTS = ("question", "prompt", "problem", "query", "instruction")
"""Columns of a log's document that say what the item asks."""


def join(items: Iterable[ForeignItem], instances: Mapping[int, Sequence[Instance]]) -> dict[str, int]:
    """Return the index of the task's item for each foreign item that the task has, by the item's id in the log.

    The same is an item whose whole prompt, or a text column of whose document, is what the log says was asked;
    else one whose document carries the log's id, as long as the log does not say what was asked. A text or an
    id that several items of the task have tells nothing.
    Raises HarnessError when two items of the log are the same item of the task.
    """
    texts = _Index()
    ids = _Index()
    for index, requests in instances.items():
        doc = requests[0].doc
        texts.add(_prompt(requests[0].args[0]), index)
        for column, value in doc.items():
            if isinstance(value, str):
                texts.add(value, index)
            if column in _IDS:
                ids.add(str(value), index)
    found: dict[str, int] = {}
    names: dict[int, str] = {}
    for item in items:
        asked = [arguments[0] for arguments in item.asked]
        asked += [str(value) for column, value in (item.doc or {}).items() if column in _TEXTS]
        indices = [texts.found(text) for text in asked] if asked else [ids.found(item.name)]
        known = [index for index in indices if index is not None]
        if not known:
            continue
        if names.setdefault(known[0], item.name) != item.name:
            raise HarnessError(
                expected="an item of its own for each item of the log",
                found=f"the items {names[known[0]]} and {item.name} of the log both ask item {known[0]}",
                fix="give repeats of one item one id in a copy of the log, and import that",
            )
        found[item.name] = known[0]
    return found


class _Index:
    """Items by a text that only one of them has."""

    def __init__(self) -> None:
        self._items: dict[str, int | None] = {}

    def add(self, text: str, index: int) -> None:
        """Note that the item has this text."""
        text = text.strip()
        if text:
            self._items[text] = index if self._items.get(text, index) == index else None

    def found(self, text: str) -> int | None:
        """Return the only item with this text."""
        return self._items.get(text.strip())


def _prompt(text: Any) -> str:
    """Return what a request asks: the last message, or the whole plain text."""
    try:
        messages = json.loads(text) if str(text).startswith("[{") else text
    except ValueError:
        return str(text)
    return str(messages[-1]["content"]) if isinstance(messages, list) else str(messages)
