"""Score one item's answers with its task, one repeat at a time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.task import Task

from harness.errors import HarnessError
from harness.evaluation.extraction import INVALID


@dataclass(frozen=True)
class Scored:
    """What the task's filters extracted, and what its metrics say."""

    answers: dict[str, Any]
    scores: dict[str, float | list[float]]

    @property
    def parsed(self) -> bool:
        """Whether any filter found an answer."""
        return any(answer not in (None, INVALID, [INVALID]) for answer in self.answers.values())


def score(task: Task, instances: Sequence[Instance], responses: Sequence[Any]) -> Scored:
    """Return the scores of one document, `responses` in the order of its `instances`.

    A text per instance for generation, (log-likelihood, is_greedy) for log-likelihood tasks. Metrics are
    named as lm-eval names them: `exact_match,strict-match`, or plainly when the task has no filter.
    """
    return score_together(task, instances, [[response] for response in responses])


def score_together(task: Task, instances: Sequence[Instance], responses: Sequence[Sequence[Any]]) -> Scored:
    """Return the scores of one document, all repeats of each instance scored together, as lm-eval does it."""
    answered = [
        Instance(i.request_type, i.doc, i.arguments, i.idx, i.metadata, resps=list(repeats))
        for i, repeats in zip(instances, responses, strict=True)
    ]
    answers: dict[str, Any] = {}
    scores: dict[str, float | list[float]] = {}
    for ensemble in task._filters:
        ensemble.apply(answered)
        filtered = [instance.filtered_resps[ensemble.name] for instance in answered]
        answers[ensemble.name] = filtered[0] if len(filtered) == 1 else filtered
        for metric, value in task.process_results(answered[0].doc, filtered).items():
            name = metric if ensemble.name == "none" else f"{metric},{ensemble.name}"
            scores[name] = [_number(v) for v in value] if isinstance(value, (list, tuple)) else _number(value)
    return Scored(answers, scores)


def rehearse(task: Task, name: str, instances: Sequence[Instance], *, runs_code: bool) -> None:
    """Score a placeholder for every item before the first request is sent.

    A scoring resource that is missing would otherwise come to light after hours of generation. Tasks that
    execute code are tried on one item, because all their items need the same.
    Raises HarnessError naming the item and what is missing.
    """
    generated = [i for i in instances if i.request_type == "generate_until"]
    for instance in generated[:1] if runs_code else generated:
        try:
            score(task, [instance], ["A placeholder answer.\nIt has two lines."])
        except HarnessError:
            raise
        except Exception as error:
            text = " ".join(str(error).split())
            raise HarnessError(
                expected=f"every item of {name} to be scorable on this machine",
                found=f"{type(error).__name__}: {text[:300]}",
                where=f"item {instance.doc_id} of the selected items",
                fix="install what the message names; the benchmark's `resources` list what is fetched by itself",
            ) from error


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"a metric gave {value!r}, expected a finite number")
    return number
