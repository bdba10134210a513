"""The ledger laid out for the desk check: every lookup that the checks share."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from harness.records import Benchmark, Claim, Model, Subject

Row = Mapping[str, Claim]
"""One row of a published table: model -> the claim in its cell."""


@dataclass(frozen=True)
class Table:
    """One published table: its rows by benchmark."""

    id: str
    rows: Mapping[str, Row]

    @property
    def first(self) -> Claim:
        """Any cell: source and form are those of the table."""
        return next(iter(next(iter(self.rows.values())).values()))


@dataclass(frozen=True)
class Desk:
    """Claims with the registries that explain them; indexes are made once."""

    claims: list[Claim]
    benchmarks: Mapping[str, Benchmark]
    subjects: Mapping[str, Subject]
    models: Mapping[str, Model]

    @cached_property
    def by_id(self) -> dict[str, Claim]:
        """Every claim by its id."""
        return {claim.id: claim for claim in self.claims}

    @cached_property
    def cells(self) -> list[Claim]:
        """Table and figure cells that hold a number."""
        return [c for c in self.claims if c.form != "statement" and c.printed is not None]

    @cached_property
    def statements(self) -> list[Claim]:
        """Sentences, in tables' company or not."""
        return [c for c in self.claims if c.form == "statement"]

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Every published table by `<source>/<table>`; printed dashes are left out."""
        rows: dict[str, dict[str, dict[str, Claim]]] = defaultdict(lambda: defaultdict(dict))
        for claim in self.cells:
            rows[claim.id.rsplit("/", 2)[0]][claim.benchmark or ""][claim.model] = claim
        return {name: Table(name, found) for name, found in rows.items()}

    @cached_property
    def cells_of(self) -> dict[tuple[str, str], list[Claim]]:
        """Cells by (benchmark, model)."""
        found: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        for claim in self.cells:
            found[claim.benchmark or "", claim.model].append(claim)
        return found

    @cached_property
    def by_quantity(self) -> dict[tuple[str, str], list[Claim]]:
        """Statements by (subject, quantity)."""
        found: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        for claim in self.statements:
            if claim.quantity is not None:
                found[claim.model, claim.quantity].append(claim)
        return found

    @cached_property
    def _variants(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        both: list[Subject | Model] = [*self.subjects.values(), *self.models.values()]
        for one in both:
            if one.of is not None:
                found[one.of].add(one.id)
        return found

    def meanings(self, name: str) -> set[str]:
        """Return every column that a loosely used name may mean: itself, its variants, what it stands for."""
        found, waiting = set(), [name]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self._variants.get(one, ())
                waiting += self.subjects[one].stands_for if one in self.subjects else ()
        return found

    def tables_for(self, claim: Claim, *, every_revision: bool = False) -> list[Table]:
        """Return the tables a statement is about: those it names, else those of the model's maker with its rows.

        Those of the statement's own source come first. Where the maker printed no such row, every table that
        holds one. Replaced revisions only on request.
        """
        if claim.over is not None and claim.over.tables:
            return [self.tables[name] for name in claim.over.tables if name in self.tables]
        others = {m for name in claim.comparators for m in self.meanings(name)}
        holding = [t for t in self.tables.values() if t.first.form == "table" and self._speaks(t, claim, others)]
        beside = [t for t in holding if t.first.source.id == claim.source.id]
        if beside:
            return beside
        current = [t for t in holding if every_revision or t.first.standing == "current"]
        own = [t for t in current if t.first.source.of == claim.model]
        return own or current

    def _speaks(self, table: Table, claim: Claim, others: set[str]) -> bool:
        """Return whether the table holds a row with the model and, where others are named, one of them."""
        rows = (row for _, row in self.rows_for(claim, table))
        return any(claim.model in row and (not others or others & row.keys()) for row in rows)

    def rows_for(self, claim: Claim, table: Table) -> Iterator[tuple[str, Row]]:
        """Yield the rows of `table` that a statement is about, by benchmark; rows of another mode are left out."""
        wanted = set(claim.over.rows) if claim.over and claim.over.rows else None
        capability = claim.capability or (claim.over.capability if claim.over else None)
        for benchmark, row in table.rows.items():
            record = self.benchmarks.get(benchmark)
            if claim.benchmark is not None and benchmark != claim.benchmark:
                continue
            if wanted is not None and benchmark not in wanted:
                continue
            if capability is not None and (record is None or capability not in record.capability):
                continue
            if same_mode(next(iter(row.values())), claim):
                yield benchmark, row


def scale(record: Benchmark, unit: str) -> tuple[float, float]:
    """Return the least and largest value of a benchmark in a unit: fractions are printed as percent or points."""
    low, high = record.score.range
    factor = 100.0 if high <= 1 and unit not in ("fraction", "elo") else 1.0
    return factor * low, factor * high


def same_mode(a: Claim, b: Claim) -> bool:
    """Return whether two claims can be about the same mode; a source that names none may mean either."""
    return a.mode is None or b.mode is None or a.mode == b.mode


def evidence(claims: Iterable[Claim]) -> list[str]:
    """Return where each claim stands: file and line in the ledger, then the place in its source."""
    found = []
    for claim in claims:
        place = ", ".join(f"{key} {value}" for key, value in claim.locator.items())
        found.append(f"{claim.at} ({claim.source.id}, {place})")
    return found
