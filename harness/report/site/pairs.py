"""Which models are laid side by side."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import combinations

from harness.records import Claim

MOST = 10
"""Pairs that a team's model has for sharing tables; those that a claim names come on top."""
FEWEST = 3
"""Rows that two models share in current tables before they are a pair."""


@dataclass(frozen=True)
class Pair:
    """Two models, a team's first."""

    first: str
    second: str

    @property
    def path(self) -> str:
        """The address of their page below a language."""
        return f"compare/{self.first}--vs--{self.second}"


def pairs(claims: Iterable[Claim], of_teams: Collection[str]) -> dict[frozenset[str], Pair]:
    """Return the pairs that sources compare: by a claim that names both, or row by row in a table.

    Of the latter, those with a model of a team, and of each of these the pairs that share most rows; all pairs of
    a table's columns would be too many to be read.
    """
    rows: dict[str, set[str]] = defaultdict(set)
    found: set[frozenset[str]] = set()
    for claim in claims:
        found |= {frozenset((claim.model, other)) for other in claim.comparators if other != claim.model}
        row = row_of_table(claim)
        if row and is_score(claim):
            rows[row].add(claim.model)
    shared = Counter(frozenset(two) for models in rows.values() for two in combinations(sorted(models), 2))
    most_first = sorted(shared, key=lambda two: (-shared[two], sorted(two)))
    for model in of_teams:
        found |= set([two for two in most_first if model in two and shared[two] >= FEWEST][:MOST])
    ordered = [Pair(*sorted(two, key=lambda name: (name not in of_teams, name))) for two in found]
    ordered.sort(key=lambda pair: (pair.first, pair.second))
    return {frozenset((pair.first, pair.second)): pair for pair in ordered}


def is_score(claim: Claim) -> bool:
    """Return whether a claim is a printed score that still stands: what can be laid beside another."""
    return claim.kind == "score" and claim.standing == "current" and claim.printed is not None


def row_of_table(claim: Claim) -> str | None:
    """Return the row of a published table that a claim is a cell of; None for one that is in none."""
    return claim.id.rpartition("/")[0] if claim.form != "statement" and claim.benchmark else None
