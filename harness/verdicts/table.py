"""The scores of one run as a table, items x repeats: what the statistics work on."""

from array import array
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.records import Status


@dataclass(frozen=True)
class ScoreTable:
    """Every answer of a run with its score; what could not be scored counts 0 and stays in.

    Scores lie in [0, 1], 0 for the least the metric can be and 1 for the most; a latency's are seconds.
    """

    items: Sequence[str]
    """Ascending, so that the order in which answers came in changes nothing."""
    scores: NDArray[np.float64]
    """Items x repeats; 0 where an answer is missing (see `missing`)."""
    statuses: Mapping[Status, int]
    """How many answers ended how."""
    missing: int = 0
    """(item, repeat) pairs without any answer: the coverage gate fails on the first."""
    clusters: NDArray[np.str_] | None = None
    """One label per item, where items share a passage or a subject."""
    tokens: float | None = None
    """Mean length of an answer, where it is on record."""
    lenient: float | None = None
    """Mean score under the lenient extractor, where one is on record beside the strict one."""

    @property
    def n(self) -> int:
        """Number of items."""
        return int(self.scores.shape[0])

    @property
    def repeats(self) -> int:
        """Number of repeats of each item."""
        return int(self.scores.shape[1])

    @property
    def answered(self) -> int:
        """Answers on record."""
        return sum(self.statuses.values())

    @property
    def item_means(self) -> NDArray[np.float64]:
        """Mean over repeats of each item (n,)."""
        means: NDArray[np.float64] = self.scores.mean(axis=1)
        return means

    @property
    def groups(self) -> int:
        """Number of independent draws: clusters where there are any, else items."""
        return self.n if self.clusters is None else len(np.unique(self.clusters))

    def share(self, status: Status) -> float:
        """Return the share of answers that ended in `status`."""
        return self.statuses.get(status, 0) / max(self.answered, 1)

    def weighted(self, weights: Mapping[str, float]) -> "ScoreTable":
        """Return the table with every score times its item's weight over the largest weight.

        The mean of the result times n times the largest weight is the sum of the weights won.
        Raises ValueError when the items are not those of `weights`.
        """
        if set(weights) != set(self.items):
            wrong = sorted(set(weights) ^ set(self.items))
            raise ValueError(f"expected points for exactly the items measured, they differ in {wrong[:5]}")
        shares = np.array([weights[item] for item in self.items]) / max(weights.values())
        return replace(self, scores=self.scores * shares[:, np.newaxis])


_TWINS = (("", "_lenient"), (",strict", ",lenient"), (",strict-match", ",flexible-extract"))
"""How the name of a metric ends, and that of its twin: the same answers under the lenient extractor."""
MAX_HOLES = 50
"""A table with more cells than this times its answers does not number repeats alike for all items."""


class TableBuilder:
    """Gathers answers one by one, in as little memory as numbers take."""

    def __init__(self) -> None:
        self._row: dict[str, int] = {}
        self._items, self._repeats, self._scores = array("q"), array("q"), array("d")
        self._clusters: dict[str, str | None] = {}
        self._statuses: Counter[Status] = Counter()
        self._tokens, self._with_tokens = 0, 0
        self._lenient: float | None = None

    def add(
        self,
        item: str,
        repeat: int,
        status: Status,
        score: float,
        *,
        lenient: float | None = None,
        tokens: int | None = None,
        cluster: str | None = None,
    ) -> None:
        """Add one answer; `score` and `lenient` lie in [0, 1]. Raises ValueError for an item in two clusters."""
        if self._clusters.setdefault(item, cluster) != cluster:
            raise ValueError(f"expected one cluster per item, found {cluster!r} after another of {item}")
        self._items.append(self._row.setdefault(item, len(self._row)))
        self._repeats.append(repeat)
        self._scores.append(score)
        self._statuses[status] += 1
        if tokens is not None:
            self._tokens += tokens
            self._with_tokens += 1
        if lenient is not None:
            self._lenient = (self._lenient or 0.0) + lenient

    def table(self, items: Sequence[str] | None = None) -> ScoreTable:
        """Return the table; `items` are those that had to be answered, by default those that were.

        Raises ValueError as `from_columns` does, and when some items only have a cluster.
        """
        for item in items or ():
            self._row.setdefault(item, len(self._row))
        labels = [label for label in self._clusters.values() if label is not None]
        if labels and len(labels) < len(self._row):
            raise ValueError(f"expected a cluster for every item or for none, found {len(labels)}")
        return from_columns(
            list(self._row),
            self._items,
            self._repeats,
            self._scores,
            statuses=self._statuses,
            clusters=labels or None,
            tokens=self._tokens / self._with_tokens if self._with_tokens else None,
            lenient=None if self._lenient is None else self._lenient / len(self._scores),
        )


def lenient_twin(metric: str, names: Collection[str]) -> str | None:
    """Return the one of `names` that is `metric` under the lenient extractor; None where there is none."""
    twins = (metric.removesuffix(strict) + lenient for strict, lenient in _TWINS if metric.endswith(strict))
    return next((twin for twin in twins if twin in names), None)


def logged_scores(
    status: Status,
    scores: Mapping[str, float | list[float]],
    metric: str,
    bounds: tuple[float, float],
    lenient: str | None = None,
) -> tuple[float, float | None]:
    """Return a logged answer's score and its score under the lenient extractor, from 0 to 1.

    `lenient` names the latter's metric; without it, its name tells.

    An answer that was scored must have the metric. One that was cut off or could not be parsed keeps a score
    that it got; an error, an empty answer and one without a score get the least.
    Raises ValueError for a missing metric, one with several values, and one beyond its bounds.
    """
    if status in ("error", "empty") or (status != "scored" and metric not in scores):
        return 0.0, None
    low, high = bounds
    found: list[float] = []
    other = lenient if lenient in scores else lenient_twin(metric, scores)
    for name in (metric, *([other] if other else [])):
        value = scores.get(name)
        if value is None:
            raise ValueError(f"expected {name}, found {', '.join(scores) or 'no score'}")
        if isinstance(value, list):
            raise ValueError(f"{name} has several values; the rule needs one")
        if not low <= value <= high:
            raise ValueError(f"expected {name} from {low:g} to {high:g}, found {value}")
        found.append((value - low) / (high - low))
    return found[0], found[1] if len(found) > 1 else None


def from_columns(
    items: Sequence[str],
    item: ArrayLike,
    repeat: ArrayLike,
    score: ArrayLike,
    *,
    statuses: Mapping[Status, int],
    clusters: Sequence[str] | None = None,
    tokens: float | None = None,
    lenient: float | None = None,
) -> ScoreTable:
    """Return the table of answers given as columns: index into `items`, repeat, score, one entry an answer.

    Repeats may be numbered in any way; there are as many as there are different numbers.
    Raises ValueError when an (item, repeat) stands twice, the message names it, and when there is no answer.
    """
    if len(items) == 0:
        raise ValueError("expected at least one answer, found none")
    by_name = np.array(sorted(range(len(items)), key=items.__getitem__))
    place = np.empty(len(items), dtype=np.int64)
    place[by_name] = np.arange(len(items))
    row = place[np.asarray(item, dtype=np.int64)]
    numbers, column = np.unique(np.asarray(repeat, dtype=np.int64), return_inverse=True)
    if len(items) * len(numbers) > MAX_HOLES * (len(row) + 1):
        raise ValueError(
            f"expected the same repeats for every item, found {len(row):,} answers to {len(items):,} items with "
            f"{len(numbers):,} different repeat numbers"
        )
    cell = row * len(numbers) + column
    ordered = np.sort(cell)
    twice = ordered[1:][np.diff(ordered) == 0]
    if len(twice):
        name = items[by_name[twice[0] // len(numbers)]]
        raise ValueError(
            f"expected each (item, repeat) once, found {name} repeat {numbers[twice[0] % len(numbers)]} twice"
        )
    scores = np.zeros(len(items) * len(numbers))
    scores[cell] = score
    return ScoreTable(
        [items[index] for index in by_name],
        scores.reshape(len(items), len(numbers)),
        statuses,
        missing=len(scores) - len(cell),
        clusters=None if clusters is None else np.asarray([clusters[index] for index in by_name]),
        tokens=tokens,
        lenient=lenient,
    )
