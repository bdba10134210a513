"""Terms and answers to decide on."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from harness.records import Terms
from harness.verdicts import Evidence, ScoreTable
from harness.verdicts.table import from_columns


def terms(value: str | None = "50.0", **changes: Any) -> Terms:
    return Terms.model_validate({"id": "claim", "kind": "score", "value": value} | changes)


def answers(scores: ArrayLike, **changes: Any) -> ScoreTable:
    """A run whose scores are `scores`, items x repeats; every answer was scored."""
    table = np.asarray(scores, dtype=float)
    n, repeats = table.shape
    given: dict[str, Any] = {
        "items": [f"i{row:05d}" for row in range(n)],
        "item": np.repeat(np.arange(n), repeats),
        "repeat": np.tile(np.arange(repeats), n),
        "score": table.ravel(),
        "statuses": {"scored": table.size},
    }
    return from_columns(**(given | changes))


def evidence(scores: ArrayLike, *comparators: ArrayLike, **changes: Any) -> Evidence:
    return Evidence([answers(scores)], [answers(other) for other in comparators], **changes)


def drawn(chances: Sequence[float] | np.ndarray, repeats: int, seed: int = 0) -> np.ndarray:
    """Right-or-wrong answers, items x repeats, of items with these chances."""
    rng = np.random.default_rng(seed)
    return (rng.random((len(chances), repeats)) < np.asarray(chances)[:, np.newaxis]).astype(float)


def steady(right: int, wrong: int, repeats: int = 8) -> np.ndarray:
    """Items that always come out the same."""
    return np.vstack([np.ones((right, repeats)), np.zeros((wrong, repeats))])
