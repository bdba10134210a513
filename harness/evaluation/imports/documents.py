"""Score a log by the documents that it carries itself: no data set is needed."""

from collections.abc import Sequence
from typing import Any

import datasets
from lm_eval.api.instance import Instance
from lm_eval.api.task import Task

from harness.evaluation.imports.log import ForeignItem
from harness.evaluation.lm_tasks import Config, build, config_of
from harness.evaluation.rescoring import Asked
from harness.evaluation.scoring import score
from harness.records import item_id


def task_of(name: str, items: Sequence[ForeignItem]) -> tuple[Task, dict[str, Asked]] | None:
    """Return the task and what it asks of each item, by the item's id in the log; None where it cannot read them.

    A log holds documents as the task that wrote it made them: they are taken as they are where the task can
    read and score the first, else they are put through the task's own `process_docs` first.
    Raises UsageError for a task that nobody has.
    """
    docs = [dict(item.doc) for item in items if item.doc is not None]
    if not docs or len(docs) != len(items):
        return None
    config = config_of(name)
    for kept in ({**config, "process_docs": None}, config):
        try:
            task = _built(name, kept, docs if kept is config else docs[:1])
            docs = list(task.eval_docs) if kept is config else docs
            found = {
                item.name: Asked(item_id(name, int(item.name)), _instances(task, doc, item))
                for item, doc in zip(items, docs, strict=True)
            }
        except Exception:  # what a task's functions raise on documents of another shape
            continue
        if _scores(task, found[items[0].name].instances):
            return task, found
    return None


def _built(name: str, config: Config, docs: list[dict[str, Any]]) -> Task:
    return build(name, config, {"test": datasets.Dataset.from_list(docs)}, 0)


def _scores(task: Task, instances: Sequence[Instance]) -> bool:
    """Return whether the task's metrics find what they need in a document; what the machine lacks is no matter."""
    placeholder = "A placeholder answer." if task.OUTPUT_TYPE == "generate_until" else (-1.0, False)
    try:
        score(task, instances, [placeholder] * len(instances))
    except (KeyError, IndexError, TypeError, AttributeError):
        return False
    except Exception:  # it stands in the samples, or is raised, when real answers are scored
        return True
    return True


def _instances(task: Task, doc: dict[str, Any], item: ForeignItem) -> list[Instance]:
    """Return the item's requests as they were sent; raises what a task raises on documents of another shape."""
    task.doc_to_target(doc)
    kind = "generate_until" if task.OUTPUT_TYPE == "generate_until" else "loglikelihood"
    return [Instance(kind, doc, tuple(arguments), idx) for idx, arguments in enumerate(item.asked)]
