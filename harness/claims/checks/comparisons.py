"""Statements of the form "ahead of" that name their rows: won and lost, counted."""

from collections.abc import Iterator, Sequence

from harness.claims.checks.matches import Match, absent, lead_of, lost, matches, won
from harness.claims.checks.registry import Check
from harness.claims.desk import Desk, same_mode
from harness.claims.findings import AGREES, DENIED, LOOSELY, NOTED, OPEN, Attempt, finding, judged
from harness.records import Claim, Finding, Says

ONE_TABLE = Says(en="They stand in one table.", ko="두 숫자가 한 표에 있다.")
TWO_PAPERS = Says(
    en="They come from two papers; protocols may differ.", ko="두 숫자의 출처가 달라 측정 조건이 다를 수 있다."
)
ALMOST = 0.75
"""The share of rows that "almost every" asks for at least."""


def wins_over_rows(desk: Desk) -> Iterator[Finding]:
    """Count won rows where the statement names its table, and compare with the number it gives."""
    for claim in desk.statements:
        if claim.kind not in ("exceeds", "at_least") or claim.over is None or not claim.over.tables:
            continue
        if claim.printed is not None and claim.unit != "benchmarks":
            continue
        found = matches(desk, claim)
        if found and claim.kind == "exceeds":
            yield _counted(desk, claim, found)
        elif found:
            yield _level(claim, found)


def _counted(desk: Desk, claim: Claim, found: Sequence[Match]) -> Finding:
    used = [cell for match in found for cell in match.cells]
    arithmetic = "; ".join(match.text() for match in found)
    if claim.printed is not None:
        attempts = [
            Attempt(Says(en=f"rows of {m.source}", ko=f"{m.source}의 줄"), (m.wins, m.wins + m.level), m.text())
            for m in found
        ]
        counted = judged("wins_over_rows", claim, used, attempts)
        if counted.verdict == "contradicted" and not all(cell.complete for cell in used):
            counted = counted.model_copy(update={"verdict": "undecided", "severity": "minor"})
        return counted
    wins, rows = sum(m.wins for m in found), sum(len(m.rows) for m in found)
    level = sum(m.level for m in found)
    enough = wins == rows or (claim.hedge == "about" and wins > ALMOST * rows)
    judgement = AGREES if enough else OPEN if wins + level else DENIED
    if absent(desk, claim, found):
        judgement = OPEN
    return finding(
        "wins_over_rows",
        [claim, *used],
        (claim.says, Says(en=f"{wins} of {rows} rows", ko=f"{rows}개 줄 가운데 {wins}개")),
        judgement,
        arithmetic,
        Says(en="Counted over the rows of the table it names.", ko="문장이 가리키는 표의 줄을 세었다."),
    )


def _level(claim: Claim, found: Sequence[Match]) -> Finding:
    used = [cell for match in found for cell in match.cells]
    ours, theirs = (
        sum(m.means[side] * len(m.rows) for m in found) / sum(len(m.rows) for m in found) for side in (0, 1)
    )
    count, share = sum(len(m.rows) for m in found), f"{100 * ours / theirs:.4g} %"
    says = Says(
        en=f"No limit is stated, so the mean decides nothing; {count} rows are published.",
        ko=f"기준이 없어 평균으로는 판정할 수 없다. 공개된 항목은 {count}개다.",
    )
    if claim.over is not None and claim.over.count is not None and claim.over.count != count:
        says += Says(
            en=f"The source speaks of {claim.over.count} and does not name them.",
            ko=f"출처는 {claim.over.count}개라고 하나 무엇인지 밝히지 않는다.",
        )
    return finding(
        "wins_over_rows",
        [claim, *used],
        (claim.says, Says(en=f"{share} of the comparator's mean", ko=f"비교 대상 평균의 {share}")),
        NOTED,
        "; ".join(m.text() for m in found),
        says,
    )


def exceeds_on_benchmark(desk: Desk) -> Iterator[Finding]:
    """Hold "ahead of B on benchmark X" against the two published numbers, of one table where there is one."""
    for claim in desk.statements:
        if claim.kind != "exceeds" or claim.benchmark is None or claim.printed is not None:
            continue
        together = [pair for match in matches(desk, claim) for pair in match.rows]
        pairs = together or _across(desk, claim)
        if not pairs:
            continue
        leads = [lead_of(desk, claim.benchmark, ours, theirs) for ours, theirs in pairs]
        says = ONE_TABLE if together else TWO_PAPERS
        missing = absent(desk, claim, matches(desk, claim)) if together else []
        if missing:
            judgement, says = (
                OPEN,
                Says(en=f"No row holds {', '.join(missing)}.", ko=f"표에 없는 비교 대상: {', '.join(missing)}."),
            )
        elif all(map(won, leads)):
            judgement = AGREES if together else LOOSELY
        elif together and all(map(lost, leads)):
            judgement = DENIED
        else:
            judgement = OPEN
        arithmetic = "; ".join(f"{a.value} ({a.source.id}) : {b.value} ({b.source.id})" for a, b in pairs)
        values = (claim.says, Says.same(f"{pairs[0][0].value} : {pairs[0][1].value}"))
        cells = [cell for pair in pairs for cell in pair]
        yield finding("exceeds_on_benchmark", [claim, *cells], values, judgement, arithmetic, says)


def _across(desk: Desk, claim: Claim) -> list[tuple[Claim, Claim]]:
    ours = _current(desk, claim, claim.model)
    others = sorted({m for name in claim.comparators for m in desk.meanings(name)})
    theirs = [c for other in others for c in _current(desk, claim, other)]
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
)
