"""Statements of the form "ahead of": won and lost rows, counted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.claims.bounds import Bounds, claimed, overlap, quotient
from harness.claims.checks.derived import printed_bounds
from harness.claims.checks.registry import Check
from harness.claims.desk import Desk, same_mode
from harness.claims.findings import (
    AGREES,
    DENIED,
    LOOSELY,
    NOTED,
    OPEN,
    Attempt,
    as_claimed,
    finding,
    judged,
    show,
)
from harness.records import Claim, Finding

NEAREST = 3
"""How many supporting rows are listed when none supports a statement exactly."""


@dataclass(frozen=True)
class Match:
    """The rows that hold both a model and one column it is compared with."""

    other: str
    source: str
    rows: list[tuple[Claim, Claim]]
    """(model, other), same benchmark."""
    better: list[bool]

    @property
    def wins(self) -> int:
        """Rows in which the model is ahead."""
        return sum(self.better)

    @property
    def means(self) -> tuple[float, float]:
        """Mean of the model and of the other over these rows."""
        n = len(self.rows)
        return sum(a.number for a, _ in self.rows) / n, sum(b.number for _, b in self.rows) / n

    def text(self) -> str:
        """Wins, and the rows that were not won."""
        lost = [
            f"{a.benchmark} {a.value} : {b.value}"
            for (a, b), won in zip(self.rows, self.better, strict=True)
            if not won
        ]
        ours, theirs = self.means
        words = f"{self.wins} of {len(self.rows)} rows against {self.other} in {self.source}, "
        words += f"means {ours:.4g} : {theirs:.4g}"
        return words + (f", not ahead in {', '.join(lost)}" if lost else "")


def matches(desk: Desk, claim: Claim) -> list[Match]:
    """Return, per source and column meant, the rows a comparison can be read from."""
    found: dict[tuple[str, str], Match] = {}
    others = sorted({m for name in claim.comparators for m in desk.meanings(name)})
    for table in desk.tables_for(claim):
        for other in others:
            for benchmark, row in desk.rows_for(claim, table):
                if claim.model not in row or other not in row:
                    continue
                record = desk.benchmarks.get(benchmark)
                up = record.score.higher_is_better if record else True
                ours, theirs = row[claim.model], row[other]
                match = found.setdefault(
                    (other, table.first.source.id), Match(other, table.first.source.id, [], [])
                )
                match.rows.append((ours, theirs))
                match.better.append(ours.number > theirs.number if up else ours.number < theirs.number)
    return list(found.values())


def wins_over_rows(desk: Desk) -> Iterator[Finding]:
    """Count won rows where the statement names its table, and compare with the number it gives."""
    for claim in desk.statements:
        if claim.kind not in ("exceeds", "at_least") or claim.over is None or not claim.over.tables:
            continue
        found = matches(desk, claim)
        if found and claim.kind == "exceeds":
            yield _counted(claim, found)
        elif found:
            yield _level(claim, found)


def _counted(claim: Claim, found: Sequence[Match]) -> Finding:
    used = [cell for match in found for pair in match.rows for cell in pair]
    arithmetic = "; ".join(match.text() for match in found)
    if claim.printed is not None:
        attempts = [Attempt(f"rows of {m.source}", (m.wins, m.wins), m.text()) for m in found]
        return judged("wins_over_rows", claim, used, attempts)
    wins, rows = sum(m.wins for m in found), sum(len(m.rows) for m in found)
    enough = wins == rows or (claim.hedge == "about" and wins > 0.75 * rows)
    judgement = AGREES if enough else OPEN if wins else DENIED
    return finding(
        "wins_over_rows",
        [claim, *used],
        (claim.says.en, f"{wins} of {rows} rows"),
        judgement,
        arithmetic,
        "Counted over the rows of the table it names.",
    )


def _level(claim: Claim, found: Sequence[Match]) -> Finding:
    used = [cell for match in found for pair in match.rows for cell in pair]
    ours, theirs = (
        sum(m.means[side] * len(m.rows) for m in found) / sum(len(m.rows) for m in found) for side in (0, 1)
    )
    count = sum(len(m.rows) for m in found)
    says = f"No limit is stated, so the mean decides nothing; {count} rows are published."
    if claim.over is not None and claim.over.count is not None and claim.over.count != count:
        says += f" The source speaks of {claim.over.count} and does not name them."
    return finding(
        "wins_over_rows",
        [claim, *used],
        (claim.says.en, f"{100 * ours / theirs:.4g} % of the comparator's mean"),
        NOTED,
        "; ".join(m.text() for m in found),
        says,
    )


def press_against_table(desk: Desk) -> Iterator[Finding]:
    """Look for published rows behind a statement that names a skill and no benchmark."""
    for claim in desk.statements:
        if claim.capability is None or not claim.comparators or "desk" not in claim.lanes:
            continue
        if claim.kind not in ("ratio", "exceeds", "at_least"):
            continue
        found = matches(desk, claim)
        if not found:
            skill = claim.capability.replace("_", " ")
            words = f"No published table holds the model, a comparator and a benchmark of {skill}."
            judgement = NOTED
            yield finding(
                "press_against_table", [claim], (as_claimed(claim), "no row"), judgement, "no rows", words
            )
        elif claim.printed is not None:
            yield _ratio_rows(claim, found)
        else:
            yield _ahead(desk, claim, found)


def _ratio_rows(claim: Claim, found: Sequence[Match]) -> Finding:
    """Compare a percentage with each row's ratio; "ahead by 148 %" is also read as a lead."""
    extra = 100.0 if claim.kind == "exceeds" else 0.0
    value, half = claim.number, claim.rounding
    readings: list[tuple[str, Bounds]] = [("a ratio", (value - half, value + half))]
    if extra:
        readings.append(("a lead", (extra + value - half, extra + value + half)))
    rows: list[tuple[float, Bounds, Claim, Claim]] = []
    for match in found:
        for ours, theirs in match.rows:
            if printed_bounds(theirs)[0] > 0:
                low, high = quotient(printed_bounds(ours), printed_bounds(theirs))
                rows.append((100 * ours.number / theirs.number, (100 * low, 100 * high), ours, theirs))
    fits = [(name, row) for name, wanted in readings for row in rows if overlap(row[1], wanted)]
    nearest = sorted(rows, key=lambda row: min(abs(row[0] - (w[0] + w[1]) / 2) for _, w in readings))[:NEAREST]
    shown = [row for _, row in fits] or nearest
    arithmetic = "; ".join(
        f"{ours.benchmark} ({ours.mode or 'mode not stated'}): {ours.value} / {theirs.value} = {ratio:.4g} %"
        for ratio, _, ours, theirs in shown
    )
    used = [cell for _, _, ours, theirs in shown for cell in (ours, theirs)]
    if fits:
        says = f"Published rows give it, read as {fits[0][0]}; the source names no benchmark."
        judgement = LOOSELY if len(readings) > 1 else AGREES
    else:
        says = f"None of the {len(rows)} published rows of that skill gives it; the nearest are listed."
        says += " The source names no benchmark."
        judgement = OPEN
    return finding(
        "press_against_table",
        [claim, *used],
        (as_claimed(claim), f"{shown[0][0]:.4g} %"),
        judgement,
        arithmetic,
        says,
    )


_READINGS: Mapping[str, Callable[[Match], bool]] = {
    "every row": lambda m: m.wins == len(m.rows),
    "most rows": lambda m: 2 * m.wins > len(m.rows),
    "the mean": lambda m: m.means[0] > m.means[1],
}


def _ahead(desk: Desk, claim: Claim, found: Sequence[Match]) -> Finding:
    """Read "ahead in X" in three ways: in every row, in most rows, in the mean.

    A loosely named comparator may mean any of its columns: a reading can hold against one of them or all.
    """
    groups = [[m for m in found if m.other in desk.meanings(name)] for name in claim.comparators]
    groups = [group for group in groups if group]
    holds = [name for name, test in _READINGS.items() if all(any(map(test, group)) for group in groups)]
    always = all(test(m) for test in _READINGS.values() for m in found)
    used = [cell for match in found for pair in match.rows for cell in pair]
    arithmetic = "; ".join(match.text() for match in found)
    wins, rows = sum(m.wins for m in found), sum(len(m.rows) for m in found)
    if always:
        judgement, says = AGREES, "Ahead in every published row of that skill."
    elif claim.kind == "at_least":
        judgement, says = NOTED, "No limit is stated, so the rows decide nothing."
    elif holds:
        judgement = OPEN
        without = [name for name in _READINGS if name not in holds]
        says = f"Can be read to hold ({', '.join(holds)})" + (
            f", not for {', '.join(without)}." if without else "."
        )
    else:
        judgement = DENIED
        says = "Holds against every comparator neither in all rows, nor in most rows, nor in the mean."
    recomputed = f"ahead in {wins} of {rows} rows"
    values = (claim.says.en, recomputed)
    return finding("press_against_table", [claim, *used], values, judgement, arithmetic, says)


def prose_against_table(desk: Desk) -> Iterator[Finding]:
    """Compare a score given in a sentence with the cells of the same model and benchmark."""
    for claim in desk.statements:
        if claim.kind != "score" or claim.printed is None or claim.benchmark is None or claim.hedge != "exact":
            continue
        names = sorted(desk.meanings(claim.model))
        cells = [c for m in names for c in desk.cells_of.get((claim.benchmark, m), ()) if same_mode(c, claim)]
        cells = [c for c in cells if c.form == "table" and (c.metric is None or claim.metric in (None, c.metric))]
        if not cells or any(overlap(printed_bounds(c), claimed(claim)) for c in cells):
            continue
        values = ", ".join(f"{c.value} ({c.source.id})" for c in cells)
        yield finding(
            "prose_against_table",
            [claim, *cells],
            (as_claimed(claim), show(cells[0].number)),
            OPEN,
            f"{claim.value} in the sentence; in tables {values}",
            "The sentence and the tables differ; neither is preferred.",
        )


def exceeds_on_benchmark(desk: Desk) -> Iterator[Finding]:
    """Hold "ahead of B on benchmark X" against the two published numbers."""
    for claim in desk.statements:
        if (
            claim.kind != "exceeds"
            or claim.benchmark is None
            or claim.printed is not None
            or not claim.comparators
        ):
            continue
        ours = _current(desk, claim.benchmark, claim.model)
        theirs = [
            c
            for name in claim.comparators
            for m in desk.meanings(name)
            for c in _current(desk, claim.benchmark, m)
        ]
        if not ours or not theirs:
            continue
        record = desk.benchmarks.get(claim.benchmark)
        up = record.score.higher_is_better if record else True
        ahead = [(a.number > b.number) == up and a.number != b.number for a in ours for b in theirs]
        judgement = AGREES if all(ahead) else OPEN if any(ahead) else DENIED
        arithmetic = "; ".join(
            f"{a.value} ({a.source.id}) : {b.value} ({b.source.id})" for a in ours for b in theirs
        )
        yield finding(
            "exceeds_on_benchmark",
            [claim, *ours, *theirs],
            (claim.says.en, f"{ours[0].value} : {theirs[0].value}"),
            judgement,
            arithmetic,
            "The two numbers come from different papers; their protocols may differ.",
        )


def _current(desk: Desk, benchmark: str, model: str) -> list[Claim]:
    return [c for c in desk.cells_of.get((benchmark, model), ()) if c.standing == "current"]


CHECKS = (
    Check(
        "wins_over_rows",
        "how many rows of the table it names a model wins, against the number the text gives",
        "whether a won row is more than noise",
        wins_over_rows,
    ),
    Check(
        "exceeds_on_benchmark",
        "whether the published numbers put one model ahead on the benchmark a statement names",
        "whether both were measured in the same way",
        exceeds_on_benchmark,
    ),
    Check(
        "prose_against_table",
        "whether a score in a sentence stands in any table for the same model, benchmark and mode",
        "which of the two is right",
        prose_against_table,
    ),
    Check(
        "press_against_table",
        "which published rows support a statement that names a skill only, and the nearest when none does exactly",
        "results that were shown but never printed",
        press_against_table,
    ),
)
