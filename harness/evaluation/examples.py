"""Worked examples that belong to the item they stand before: those of its own part."""

from typing import Any

from lm_eval.api.samplers import FirstNSampler
from lm_eval.api.task import Task

from harness.errors import HarnessError


def from_own_part(task: Task) -> None:
    """Let `task` show before an item the first examples of the same `part` (subject), where examples name one.

    lm-eval draws from one pool for all items, which is why its own suites have one task per subject. Building
    the prompts raises HarnessError for an item whose part has too few examples.
    """
    parts: dict[str, list[dict[str, Any]]] = {}
    for example in task.fewshot_docs():
        if "part" not in example:
            return
        parts.setdefault(example["part"], []).append(example)
    whole = task.fewshot_context

    def fewshot_context(doc: dict[str, Any], *, num_fewshot: int, **how: Any) -> str | list[str]:
        own = parts.get(doc["part"], [])
        if len(own) < num_fewshot:
            raise HarnessError(
                expected=f"{num_fewshot} worked examples of {doc['part']}",
                found=str(len(own)),
                where=f"task {task.config.task}",
                fix=f"protocol.num_fewshot={len(own)}, or more examples under `fewshot` in the benchmark's record",
            )
        task.sampler = FirstNSampler(own)
        return whole(doc, num_fewshot=num_fewshot, **how)  # type: ignore[no-any-return]

    task.fewshot_context = fewshot_context
