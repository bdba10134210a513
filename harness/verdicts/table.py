"""The scores of one run as a table, items x repeats: what the statistics work on."""

from collections.abc import Mapping, Sequence
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
    by_name = np.argsort(np.asarray(items))
    place = np.empty(len(items), dtype=np.int64)
    place[by_name] = np.arange(len(items))
    row = place[np.asarray(item, dtype=np.int64)]
    numbers, column = np.unique(np.asarray(repeat, dtype=np.int64), return_inverse=True)
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
        clusters=None if clusters is None else np.asarray(clusters)[by_name],
        tokens=tokens,
        lenient=lenient,
    )
