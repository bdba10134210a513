"""The scores of one run as a table, items x repeats: what the statistics work on."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.records import Sample, Status


@dataclass(frozen=True)
class ScoreTable:
    """Every answer of a run with its score; what could not be scored counts 0 and stays in."""

    items: Sequence[str]
    scores: NDArray[np.float64]
    """Items x repeats, as samples hold them; 0 where an answer is missing (see `missing`)."""
    statuses: Mapping[Status, int]
    """How many answers ended how."""
    missing: int
    """(item, repeat) pairs without any answer: the coverage gate fails on the first."""
    clusters: NDArray[np.str_] | None = None
    """One label per item, where items share a passage or a subject."""
    tokens: float | None = None
    """Mean length of an answer, where it is on record."""

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
        return self.scores.mean(axis=1)

    def share(self, status: Status) -> float:
        """Return the share of answers that ended in `status`."""
        return self.statuses.get(status, 0) / max(self.answered, 1)

    def aligned(self, items: Sequence[str]) -> "ScoreTable":
        """Return the same table with its items in another order; raises ValueError for other items."""
        if list(items) == list(self.items):
            return self
        place = {item: row for row, item in enumerate(self.items)}
        if len(items) != len(place) or any(item not in place for item in items):
            raise ValueError(f"expected the same {len(items)} items on both sides, found {len(place)} others")
        order = [place[item] for item in items]
        clusters = None if self.clusters is None else self.clusters[order]
        return ScoreTable(items, self.scores[order], self.statuses, self.missing, clusters, self.tokens)


def from_columns(
    items: Sequence[str],
    item: ArrayLike,
    repeat: ArrayLike,
    score: ArrayLike,
    *,
    statuses: Mapping[Status, int],
    clusters: Sequence[str] | None = None,
    tokens: float | None = None,
) -> ScoreTable:
    """Return the table of answers given as columns: index into `items`, repeat, score, one entry an answer.

    Repeats may be numbered in any way; there are as many as there are different numbers.
    Raises ValueError when an (item, repeat) stands twice; the message names it.
    """
    row = np.asarray(item, dtype=np.int64)
    numbers, column = np.unique(np.asarray(repeat, dtype=np.int64), return_inverse=True)
    cell = row * len(numbers) + column
    order = np.argsort(cell, kind="stable")
    twice = np.flatnonzero(np.diff(cell[order]) == 0)
    if len(twice):
        at = order[twice[0] + 1]
        raise ValueError(f"expected each (item, repeat) once, found {items[row[at]]} repeat {repeat_at(repeat, at)} twice")
    scores = np.zeros(len(items) * len(numbers))
    scores[cell] = score
    return ScoreTable(
        items,
        scores.reshape(len(items), len(numbers)),
        statuses,
        missing=len(scores) - len(cell),
        clusters=None if clusters is None else np.asarray(clusters),
        tokens=tokens,
    )


def repeat_at(repeat: ArrayLike, at: int) -> int:
    """Return one entry of a column."""
    return int(np.asarray(repeat)[at])
