"""Rows that hold two models side by side, counted with what rounding leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.claims.bounds import Bounds, difference, printed
from harness.claims.desk import Desk
from harness.records import Claim


@dataclass(frozen=True)
class Match:
    """The rows of one source that hold both a model and one column it is compared with."""

    other: str
    source: str
    rows: list[tuple[Claim, Claim]] = field(default_factory=list)
    """(model, other), same benchmark."""
    leads: list[Bounds] = field(default_factory=list)
    """By how much the model is ahead, as far as rounding tells; negative when it is behind."""

    @property
    def wins(self) -> int:
        """Rows in which the model is ahead whatever rounding hides."""
        return sum(won(lead) for lead in self.leads)

    @property
    def level(self) -> int:
        """Rows that rounding leaves open."""
        return sum(not won(lead) and not lost(lead) for lead in self.leads)

    @property
    def cells(self) -> list[Claim]:
        """Every cell of these rows."""
        return [cell for pair in self.rows for cell in pair]

    @property
    def means(self) -> tuple[float, float]:
        """Mean of the model and of the other over these rows."""
        n = len(self.rows)
        return sum(a.number for a, _ in self.rows) / n, sum(b.number for _, b in self.rows) / n

    def text(self) -> str:
        """Wins, and the rows that were not won."""
        told = list(zip(self.rows, self.leads, strict=True))
        behind = [_scores(pair) for pair, lead in told if lost(lead)]
        level = [_scores(pair) for pair, lead in told if not won(lead) and not lost(lead)]
        ours, theirs = self.means
        words = f"{self.wins} of {len(self.rows)} rows against {self.other} in {self.source}, "
        words += f"means {ours:.4g} : {theirs:.4g}"
        words += f", behind in {', '.join(behind)}" if behind else ""
        return words + (f", level in {', '.join(level)}" if level else "")


_HAIR = 1e-9
"""Of floating-point error; intervals that only touch are different numbers, as in `bounds.apart`."""


def won(lead: Bounds) -> bool:
    """Return whether a lead is one whatever rounding hides."""
    return lead[0] >= -_HAIR and lead[1] > _HAIR


def lost(lead: Bounds) -> bool:
    """Return whether a lead is a lag whatever rounding hides."""
    return lead[1] <= _HAIR and lead[0] < -_HAIR


def absent(desk: Desk, claim: Claim, found: Sequence[Match]) -> list[str]:
    """Return the comparators of which no match holds a row."""
    return [name for name in claim.comparators if not any(m.other in desk.meanings(name) for m in found)]


def _scores(pair: tuple[Claim, Claim]) -> str:
    return f"{pair[0].benchmark} {pair[0].value} : {pair[1].value}"


def matches(desk: Desk, claim: Claim, *, every_revision: bool = False, main: bool = False) -> list[Match]:
    """Return, per source and column meant, the rows a comparison can be read from.

    With `main`, only rows whose benchmark tests the skill before any other: a mathematics exam in Korean is a
    Korean row first.
    """
    found: dict[tuple[str, str], Match] = {}
    others = sorted({m for name in claim.comparators for m in desk.meanings(name)})
    for table in desk.tables_for(claim, every_revision=every_revision):
        for other in others:
            for benchmark, row in desk.rows_for(claim, table):
                record = desk.benchmarks.get(benchmark)
                if main and (record is None or record.capability[0] != claim.capability):
                    continue
                if claim.model in row and other in row:
                    ours, theirs = row[claim.model], row[other]
                    match = found.setdefault((other, ours.source.id), Match(other, ours.source.id))
                    match.rows.append((ours, theirs))
                    match.leads.append(lead_of(desk, benchmark, ours, theirs))
    return list(found.values())


def lead_of(desk: Desk, benchmark: str, ours: Claim, theirs: Claim) -> Bounds:
    """Return by how much `ours` is ahead, as far as rounding tells, in the direction of the metric."""
    record = desk.benchmarks.get(benchmark)
    if record is None or record.score.higher_is_better:
        return difference(printed(ours), printed(theirs))
    return difference(printed(theirs), printed(ours))
