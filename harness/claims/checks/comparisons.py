"""Statements of the form "ahead of": won and lost rows, counted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.claims.bounds import Bounds, claimed, difference, distance, overlap, printed, quotient
from harness.claims.checks.registry import Check
from harness.claims.desk import Desk, same_mode
from harness.claims.findings import (
    AGREES,
    DENIED,
    LOOSELY,
    NOT_SHOWN,
    NOTED,
    OPEN,
    Attempt,
    as_claimed,
    finding,
    judged,
)
from harness.records import Claim, Finding

RATIO_OR_LEAD = "ratio or lead"
"""Listed as unstated where a source does not tell 148 % of from 148 % more than."""

ALMOST = 0.75
"""The share of rows that "almost every" asks for at least."""

NEAREST = 3
"""How many supporting rows are listed when none supports a statement exactly."""


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
        return sum(lead[0] > 0 for lead in self.leads)

    @property
    def level(self) -> int:
        """Rows that rounding leaves open."""
        return sum(lead[0] <= 0 <= lead[1] for lead in self.leads)

    @property
    def means(self) -> tuple[float, float]:
        """Mean of the model and of the other over these rows."""
        n = len(self.rows)
        return sum(a.number for a, _ in self.rows) / n, sum(b.number for _, b in self.rows) / n

    def text(self) -> str:
        """Wins, and the rows that were not won."""
        behind = [_scores(pair) for pair, lead in zip(self.rows, self.leads, strict=True) if lead[1] < 0]
        level = [
            _scores(pair) for pair, lead in zip(self.rows, self.leads, strict=True) if lead[0] <= 0 <= lead[1]
        ]
        ours, theirs = self.means
        words = f"{self.wins} of {len(self.rows)} rows against {self.other} in {self.source}, "
        words += f"means {ours:.4g} : {theirs:.4g}"
        words += f", behind in {', '.join(behind)}" if behind else ""
        return words + (f", level in {', '.join(level)}" if level else "")


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
                    match.leads.append(_lead(desk, benchmark, ours, theirs))
    return list(found.values())


def _lead(desk: Desk, benchmark: str, ours: Claim, theirs: Claim) -> Bounds:
    record = desk.benchmarks.get(benchmark)
    if record is None or record.score.higher_is_better:
        return difference(printed(ours), printed(theirs))
    return difference(printed(theirs), printed(ours))


def wins_over_rows(desk: Desk) -> Iterator[Finding]:
    """Count won rows where the statement names its table, and compare with the number it gives."""
    for claim in desk.statements:
        if claim.kind not in ("exceeds", "at_least") or claim.over is None or not claim.over.tables:
            continue
        if claim.printed is not None and claim.unit != "benchmarks":
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
        attempts = [Attempt(f"rows of {m.source}", (m.wins, m.wins + m.level), m.text()) for m in found]
        return judged("wins_over_rows", claim, used, attempts)
    wins, rows = sum(m.wins for m in found), sum(len(m.rows) for m in found)
    level = sum(m.level for m in found)
    enough = wins == rows or (claim.hedge == "about" and wins > ALMOST * rows)
    judgement = AGREES if enough else OPEN if wins + level else DENIED
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
    """Look for published rows behind a statement that names a skill, or nothing, in place of a benchmark."""
    for claim in desk.statements:
        if claim.benchmark is not None or claim.over is not None or not claim.comparators:
            continue
        if claim.kind not in ("ratio", "exceeds", "at_least") or "desk" not in claim.lanes:
            continue
        found = matches(desk, claim, every_revision=True)
        if not found:
            skill = f" of {claim.capability.replace('_', ' ')}" if claim.capability else ""
            words = f"No published table holds the model, a comparator and a benchmark{skill}."
            yield finding("press_against_table", [claim], (as_claimed(claim), "no row"), NOTED, "no rows", words)
        elif claim.printed is not None:
            yield _ratio_rows(claim, found)
        else:
            yield _ahead(desk, claim, found)


def _ratio_rows(claim: Claim, found: Sequence[Match]) -> Finding:
    """Compare a percentage with each row's ratio; "ahead by 148 %" is also read as a lead."""
    wanted = printed(claim) if claim.hedge == "up_to" else claimed(claim)
    readings: list[tuple[str, Bounds]] = [("a ratio", wanted)]
    if claim.kind == "exceeds" or RATIO_OR_LEAD in claim.protocol.unstated:
        readings.append(("a lead", (100 + wanted[0], 100 + wanted[1])))
    rows: list[tuple[float, Bounds, Claim, Claim]] = []
    for match in found:
        for ours, theirs in match.rows:
            if printed(theirs)[0] > 0:
                low, high = quotient(printed(ours), printed(theirs))
                rows.append((100 * ours.number / theirs.number, (100 * low, 100 * high), ours, theirs))
    fits = [(name, row) for name, bounds in readings for row in rows if overlap(row[1], bounds)]
    nearest = sorted(rows, key=lambda row: min(distance((row[0], row[0]), b) for _, b in readings))[:NEAREST]
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
    values = (as_claimed(claim), f"{shown[0][0]:.4g} %" if shown else "no row")
    return finding("press_against_table", [claim, *used], values, judgement, arithmetic or "no rows", says)


_READINGS: Mapping[str, Callable[[Match], bool]] = {
    "every row": lambda m: m.wins + m.level == len(m.rows) and m.wins > 0,
    "most rows": lambda m: 2 * (m.wins + m.level) > len(m.rows) and m.wins > 0,
    "the mean": lambda m: m.means[0] > m.means[1],
}


def _ahead(desk: Desk, claim: Claim, found: Sequence[Match]) -> Finding:
    """Read "ahead in X" in three ways: in every row, in most rows, in the mean; in each revision.

    A loosely named comparator may mean any of its columns: a reading can hold against one of them or all. The
    statement names no benchmark, so no published row can contradict it: they can only fail to show it.
    """
    main = matches(desk, claim, every_revision=True, main=True) if claim.capability else []
    absent = [name for name in claim.comparators if not any(m.other in desk.meanings(name) for m in found)]
    named = [name for name in claim.comparators if name not in absent]
    holds = []
    for which, group in (("all rows", found), ("rows of that skill first", main)):
        for source in dict.fromkeys(m.source for m in group):
            sides = [[m for m in group if m.source == source and m.other in desk.meanings(n)] for n in named]
            fitting = [
                reading for reading, test in _READINGS.items() if all(any(map(test, side)) for side in sides)
            ]
            holds += [f"{' and '.join(fitting)} ({which} of {source})"] if fitting else []
    always = all(test(m) for test in _READINGS.values() for m in found)
    used = [cell for match in found for pair in match.rows for cell in pair]
    arithmetic = "; ".join(match.text() for match in found)
    wins, rows = sum(m.wins for m in found), sum(len(m.rows) for m in found)
    if claim.kind == "at_least" and not always:
        judgement, says = NOTED, "No limit is stated, so the rows decide nothing."
    elif absent:
        judgement, says = OPEN, f"No published row holds {', '.join(absent)}."
    elif always:
        judgement, says = AGREES, "Ahead in every published row it can be about."
    elif holds:
        judgement, says = OPEN, f"Holds in some readings only: {', '.join(holds)}."
    else:
        judgement = NOT_SHOWN
        says = "Not shown by the published rows: against every comparator neither all, nor most, nor the mean."
    values = (claim.says.en, f"ahead in {wins} of {rows} rows")
    return finding("press_against_table", [claim, *used], values, judgement, arithmetic, says)


def prose_against_table(desk: Desk) -> Iterator[Finding]:
    """Compare a score given in a sentence with the cells of the same model and benchmark."""
    for claim in desk.statements:
        if claim.kind != "score" or claim.printed is None or claim.benchmark is None or "desk" not in claim.lanes:
            continue
        if claim.over is not None:
            continue
        names = sorted(desk.meanings(claim.model))
        cells = [c for m in names for c in desk.cells_of.get((claim.benchmark, m), ()) if same_mode(c, claim)]
        cells = [c for c in cells if c.form == "table" and c.unit == claim.unit]
        cells = [c for c in cells if claim.metric in (None, c.metric)]
        if not cells:
            continue
        fits = [c for c in cells if overlap(printed(c), claimed(claim))]
        values = ", ".join(f"{c.value} ({c.source.id})" for c in fits or cells)
        arithmetic = f"{claim.value} in the sentence; in tables {values}"
        says = "The sentence and a table agree." if fits else "No table prints it; neither is preferred."
        recomputed = (fits or cells)[0].value or ""
        yield finding(
            "prose_against_table",
            [claim, *(fits or cells)],
            (as_claimed(claim), recomputed),
            AGREES if fits else OPEN,
            arithmetic,
            says,
        )


def exceeds_on_benchmark(desk: Desk) -> Iterator[Finding]:
    """Hold "ahead of B on benchmark X" against the two published numbers, of one table where there is one."""
    for claim in desk.statements:
        if (
            claim.kind != "exceeds"
            or claim.benchmark is None
            or claim.printed is not None
            or not claim.comparators
        ):
            continue
        together = [pair for match in matches(desk, claim) for pair in match.rows]
        pairs = together or _across(desk, claim)
        if not pairs:
            continue
        leads = [_lead(desk, claim.benchmark, ours, theirs) for ours, theirs in pairs]
        says = (
            "Both numbers stand in one table." if together else "They come from two papers; protocols may differ."
        )
        if all(lead[0] > 0 for lead in leads):
            judgement = AGREES if together else LOOSELY
        elif together and all(lead[1] < 0 for lead in leads):
            judgement = DENIED
        else:
            judgement = OPEN
        arithmetic = "; ".join(f"{a.value} ({a.source.id}) : {b.value} ({b.source.id})" for a, b in pairs)
        values = (claim.says.en, f"{pairs[0][0].value} : {pairs[0][1].value}")
        cells = [cell for pair in pairs for cell in pair]
        yield finding("exceeds_on_benchmark", [claim, *cells], values, judgement, arithmetic, says)


def _across(desk: Desk, claim: Claim) -> list[tuple[Claim, Claim]]:
    ours = _current(desk, claim, claim.model)
    theirs = [
        c for name in claim.comparators for m in sorted(desk.meanings(name)) for c in _current(desk, claim, m)
    ]
    return [(a, b) for a in ours for b in theirs if same_mode(a, b) and a.unit == b.unit]


def _current(desk: Desk, claim: Claim, model: str) -> list[Claim]:
    cells = desk.cells_of.get((claim.benchmark or "", model), ())
    return [c for c in cells if c.standing == "current" and same_mode(c, claim)]


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
