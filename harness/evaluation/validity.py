"""Are the items of a benchmark sound: one of a kind, answerable, and apart from the examples shown with them?"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lm_eval.api.task import Task

from harness.evaluation.ngrams import overlap
from harness.evaluation.tasks import LoadedTask
from harness.records import item_id


@dataclass(frozen=True)
class Item:
    """One item as far as its soundness goes; named by its id in whatever is reported."""

    id: str
    text: str
    """What is asked, without the choices."""
    options: Sequence[str] = ()
    """The choices; empty where the answer is free."""
    gold: int | None = None
    """Position of the right choice."""
    answer: str = ""
    """The right answer, in whatever form the task has it."""


@dataclass(frozen=True)
class Validity:
    """What is wrong, or may be, with the items of one benchmark; items by their ids, in the benchmark's order."""

    items: int
    duplicates: list[list[str]] = field(default_factory=list)
    """Groups that ask the same: same text and same choices, in whatever order and case."""
    contradictory: list[list[str]] = field(default_factory=list)
    """Those of the duplicates whose right answers differ."""
    gold_missing: list[str] = field(default_factory=list)
    """The right answer is not among the choices."""
    empty_options: list[str] = field(default_factory=list)
    same_options: list[str] = field(default_factory=list)
    """Two choices read the same."""
    gold_twice: list[str] = field(default_factory=list)
    """Those of them where it is the right answer that stands under two letters, only one of which scores."""
    overlapping: list[list[str]] = field(default_factory=list)
    """Groups that hang together by runs of thirteen words: a shared passage, or the same item reworded."""
    in_examples: list[str] = field(default_factory=list)
    """Items that stand among the examples, or share a run of thirteen words with one."""
    examples: int = 0
    short: int = 0
    """Items of fewer than thirteen words beside fixed ones, of which overlap says nothing."""
    gold_letters: dict[str, int] = field(default_factory=dict)
    """How often each choice is the right one, by its letter."""
    one_letter: float | None = None
    """Accuracy of always giving the commonest letter."""


def validate(items: Sequence[Item], examples: Sequence[Item] = ()) -> Validity:
    """Return what may be wrong with `items`, and with `examples` shown before them."""
    groups = _alike(items)
    shared = overlap([_whole(item) for item in items], [_whole(item) for item in examples])
    shown = {_normalised(item) for item in examples}
    seen = {items[i].id for i in shared.examples} | {item.id for item in items if _normalised(item) in shown}
    golds = Counter(
        chr(ord("A") + i.gold) for i in items if i.gold is not None and i.gold in range(len(i.options))
    )
    choices = [item for item in items if item.options]
    return Validity(
        items=len(items),
        duplicates=[[item.id for item in group] for group in groups],
        contradictory=[
            [item.id for item in group] for group in groups if len({_plain(_right(item)) for item in group}) > 1
        ],
        gold_missing=_ids(i for i in choices if i.gold is None or i.gold not in range(len(i.options))),
        empty_options=_ids(i for i in choices if not all(map(_plain, i.options))),
        same_options=_ids(i for i in choices if len(set(map(_plain, i.options))) < len(i.options)),
        gold_twice=_ids(
            i for i in choices if [_plain(option) for option in i.options].count(_plain(_right(i))) > 1
        ),
        overlapping=[[items[i].id for i in group] for group in shared.groups],
        in_examples=_ids(item for item in items if item.id in seen),
        examples=len(examples),
        short=shared.short,
        gold_letters=dict(sorted(golds.items())),
        one_letter=max(golds.values()) / len(choices) if golds else None,
    )


def items_of(loaded: LoadedTask) -> list[Item]:
    """Return the items of a loaded task, named as samples name them."""
    return [_item(loaded.task, doc, item_id(loaded.name, i)) for i, doc in enumerate(loaded.task.eval_docs)]


def examples_of(loaded: LoadedTask) -> list[Item]:
    """Return the worked examples that a loaded task draws from; none where it shows none."""
    docs = loaded.task.fewshot_docs() if loaded.num_fewshot else []
    return [_item(loaded.task, doc, f"{loaded.name}/example/{i}") for i, doc in enumerate(docs)]


def _alike(items: Sequence[Item]) -> list[list[Item]]:
    groups: dict[Hashable, list[Item]] = defaultdict(list)
    for item in items:
        groups[_normalised(item)].append(item)
    return [group for group in groups.values() if len(group) > 1]


def _normalised(item: Item) -> Hashable:
    return _plain(item.text).casefold(), tuple(sorted(_plain(option).casefold() for option in item.options))


def _plain(text: str) -> str:
    """Return a text without what cannot be seen: composed, single spaces. Signs and case can be what is asked."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _right(item: Item) -> str:
    inside = item.gold is not None and item.gold in range(len(item.options))
    return item.options[item.gold] if inside and item.gold is not None else item.answer


def _whole(item: Item) -> str:
    return " ".join([item.text, *item.options])


def _ids(items: Iterable[Item]) -> list[str]:
    return [item.id for item in items]


def _item(task: Task, doc: Mapping[str, Any], name: str) -> Item:
    if {"question", "options", "gold"} <= doc.keys():
        return Item(name, doc["question"], doc["options"], doc["gold"])
    text, target = task.doc_to_text(doc), task.doc_to_target(doc)
    if task.OUTPUT_TYPE != "multiple_choice":
        return Item(name, text, answer=str(target))
    options = task.doc_to_choice(doc)
    if not isinstance(text, str):  # choices before a common end: lm-eval has the right one's position as the text
        return Item(name, target, options, text)
    # Some tasks ask nothing before the choices: those are the item then.
    return Item(name, text.strip() or " / ".join(options), options, _position(target, options))


def _position(target: Any, options: Sequence[str]) -> int | None:
    if isinstance(target, int):
        return target
    return options.index(target) if target in options else None
