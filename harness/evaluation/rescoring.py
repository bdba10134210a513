"""Stored answers scored anew, and what that changed."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.task import Task

from harness.errors import HarnessError
from harness.evaluation.grading import FAILED, answers_of, grade
from harness.evaluation.scoring import score_together
from harness.records import Sample

SHOWN = 10
"""How many items are named where more may differ."""
Scores = Mapping[str, float | list[float]]


@dataclass(frozen=True)
class Asked:
    """An item as the task asks it: its id there, and its requests."""

    item: str
    instances: Sequence[Instance]


@dataclass(frozen=True)
class Change:
    """What scoring anew changed."""

    samples: int
    changed: int
    """Samples whose scores or status changed; of an import, items whose scores are not the log's."""
    items: list[str]
    """Some of the items whose scores or status changed."""
    metrics: Mapping[str, tuple[float | None, float | None]]
    """Mean per metric before and after, over all samples; what has no score counts 0. None: not scored by it."""
    statuses: tuple[dict[str, int], dict[str, int]]
    failed: dict[str, str]
    """Why the scorer failed, by item."""


@dataclass(frozen=True)
class Agreement:
    """One metric of a foreign log against ours, item by item and repeat by repeat."""

    theirs: str
    ours: str
    of: int
    equal: int
    differing: list[str]
    """Items whose score differs in any repeat."""


def regrade(
    task: Task, asked: Mapping[str, Asked], samples: Iterable[Sample], advance: Callable[[], None] = lambda: None
) -> list[Sample]:
    """Return the samples of known items with the status, answers and scores that the task gives them now.

    Raises HarnessError when this machine lacks what scoring needs.
    """
    found = []
    for sample in samples:
        item = asked[sample.item]
        graded = grade(task, item.instances, answers_of(sample))
        found.append(
            sample.model_copy(
                update={
                    "item": item.item,
                    "status": graded.status,
                    "answers": graded.answers,
                    "scores": graded.scores,
                    "error": graded.error,
                }
            )
        )
        advance()
    return found


def changes(old: Sequence[Sample], new: Sequence[Sample]) -> Change:
    """Return what differs between samples and the same ones scored anew, in the same order."""
    differing = [b for a, b in zip(old, new, strict=True) if (a.status, a.scores) != (b.status, b.scores)]
    names = dict.fromkeys(name for sample in [*old, *new] for name in sample.scores)
    return Change(
        samples=len(new),
        changed=len(differing),
        items=_shown(differing),
        metrics={name: _means(old, new, name, name) for name in names},
        statuses=(dict(Counter(s.status for s in old)), dict(Counter(s.status for s in new))),
        failed={s.item: s.error or "" for s in new if scorer_failed(s)},
    )


def scorer_failed(sample: Sample) -> bool:
    """Return whether an answer was there and could not be scored."""
    return (sample.error or "").startswith(FAILED)


def against(old: Sequence[Sample], new: Sequence[Sample], agreed: Sequence[Agreement]) -> Change:
    """Return what differs between a log's own scores and ours, as far as both have them."""
    plain = changes(old, new)
    scored = [(before, after) for before, after in zip(old, new, strict=True) if before.scores]
    differing = list(dict.fromkeys(item for one in agreed for item in one.differing))
    theirs, ours = [before for before, _ in scored], [after for _, after in scored]
    log = {one.ours: _means(theirs, ours, one.theirs, one.ours)[0] for one in agreed}
    after = {name: mean for name, (_, mean) in plain.metrics.items() if mean is not None}
    metrics = {name: (log.get(name), mean) for name, mean in after.items()}
    return replace(plain, changed=len(differing), items=differing[:SHOWN], metrics=metrics)


def together(task: Task, asked: Mapping[str, Asked], samples: Iterable[Sample]) -> dict[str, Scores]:
    """Return the scores of each item whose repeats are scored together, as lm-eval scores them.

    An item of which a repeat failed, or that fails to score, has none.
    """
    repeats: dict[str, list[Sample]] = {}
    for sample in sorted(samples, key=lambda sample: sample.repeat):
        repeats.setdefault(sample.item, []).append(sample)
    found: dict[str, Scores] = {}
    for item, group in repeats.items():
        answers = [answers_of(sample) for sample in group]
        if any(answer.error for each in answers for answer in each):
            continue
        responses: list[list[Any]] = [
            [a.text if a.loglikelihood is None else a.loglikelihood for a in column]
            for column in zip(*answers, strict=True)
        ]
        try:
            found[item] = score_together(task, asked[item].instances, responses).scores
        except (HarnessError, OSError):
            raise
        except Exception:  # the scorer's own fault, which stands in the samples
            continue
    return found


def agreement(
    theirs: Sequence[tuple[str, Scores]], ours: Sequence[Scores | None], names: Mapping[str, str]
) -> list[Agreement]:
    """Return, per metric that both have, how many of the log's own scores ours equal.

    `theirs` are (item, scores) in the order of `ours`, None where our scorer failed, which equals nothing;
    `names` says what their metrics are called here.
    """
    found = []
    for name, here in names.items():
        pairs = [
            (item, scores[name], mine if mine is None else mine.get(here, 0.0))
            for (item, scores), mine in zip(theirs, ours, strict=True)
            if name in scores
        ]
        differing = [item for item, a, b in pairs if not _same(a, b)]
        equal = len(pairs) - len(differing)
        found.append(Agreement(name, here, len(pairs), equal, list(dict.fromkeys(differing))))
    return found


def metric_names(
    theirs: Iterable[str], ours: Iterable[str], aliases: Mapping[str, str], headline: str | None
) -> dict[str, str]:
    """Return which of a log's metrics are which of ours; those that we do not have are left out.

    The same are those of one name, apart from a scorer's name before it, the `_acc` behind it and how a
    filter is set off; a name that the benchmark's record translates; and, where the log has one metric and
    none of these holds, that one and the benchmark's `headline`.
    """
    known, log = list(dict.fromkeys(ours)), list(dict.fromkeys(theirs))
    found = {}
    for name in log:
        plain = name.rsplit("/", 1)[-1].replace(":", ",")
        names = [name, plain, f"{plain}_acc", aliases.get(name, ""), aliases.get(plain, "")]
        match = next((candidate for candidate in names if candidate in known), None)
        if match is None and len(log) == 1 and headline in known:
            match = headline
        if match is not None:
            found[name] = match
    return found


def _same(a: float | list[float], b: float | list[float] | None) -> bool:
    """Return whether two scores are equal, up to rounding; for a list, 0 stands for as many zeros."""
    if b is None:
        return False
    left = a if isinstance(a, list) else [a]
    right = b if isinstance(b, list) else [b] * (len(left) if b == 0 else 1)
    return len(left) == len(right) and all(
        math.isclose(x, y, rel_tol=1e-12, abs_tol=1e-12) for x, y in zip(left, right, strict=True)
    )


def _means(
    old: Sequence[Sample], new: Sequence[Sample], before: str, after: str
) -> tuple[float | None, float | None]:
    """Return the means of a metric before and after; of one with several values per item, over all values.

    What has no score counts 0, with as many values as it has on the other side.
    """
    values: tuple[list[float], list[float]] = ([], [])
    scored = [False, False]
    for one, other in zip(old, new, strict=True):
        pair = one.scores.get(before), other.scores.get(after)
        shape = next((len(value) for value in pair if isinstance(value, list)), 1)
        for side, value in enumerate(pair):
            scored[side] = scored[side] or value is not None
            values[side].extend(value if isinstance(value, list) else [value or 0.0] * shape)
    found = [math.fsum(side) / len(side) if known else None for side, known in zip(values, scored, strict=True)]
    return found[0], found[1]


def _shown(samples: Iterable[Sample]) -> list[str]:
    return list(dict.fromkeys(sample.item for sample in samples))[:SHOWN]
