"""Sentences of articles and reports, held against the published rows behind them."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from harness.claims.bounds import Bounds, apart, claimed, distance, overlap, printed, quotient
from harness.claims.checks.matches import Match, absent, matches
from harness.claims.checks.registry import Check
from harness.claims.desk import Desk, same_mode
from harness.claims.findings import AGREES, LOOSELY, NOT_SHOWN, NOTED, OPEN, as_claimed, finding
from harness.records import Claim, Finding, Says

NO_ROW = Says(en="no row", ko="해당 줄 없음")
NO_LIMIT = Says(en="No limit is stated, so the rows decide nothing.", ko="기준이 없어 판정할 수 없다.")
EVERYWHERE = Says(en="Ahead in every published row it can be about.", ko="해당하는 공개된 항목 모두에서 앞선다.")
NOWHERE = Says(
    en="Not shown by the published rows: against every comparator neither all, nor most, nor the mean.",
    ko="공개된 항목으로는 확인되지 않는다. 모든 비교 대상에 대해 전부도, 다수도, 평균도 앞서지 않는다.",
)
IN_A_TABLE = Says(en="The sentence and a table agree.", ko="문장과 표가 일치한다.")
IN_NO_TABLE = Says(
    en="No table prints it; neither is preferred.", ko="그 값이 실린 표가 없다. 어느 쪽도 판정하지 않는다."
)
RATIO_OR_LEAD = "ratio or lead"
"""Listed as unstated where a source does not tell 148 % of from 148 % more than."""
NEAREST = 3
"""How many supporting rows are listed when none supports a statement exactly."""


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
            words = Says(
                en=f"No published table holds the model, a comparator and a benchmark{skill}.",
                ko="모델과 비교 대상, 해당 벤치마크가 함께 실린 공개 표가 없다.",
            )
            yield finding("press_against_table", [claim], (as_claimed(claim), NO_ROW), NOTED, "no rows", words)
        elif claim.printed is not None:
            if claim.unit == "percent":
                yield _ratio_rows(claim, found)
        else:
            yield _ahead(desk, claim, found)


def _ratio_rows(claim: Claim, found: Sequence[Match]) -> Finding:
    """Compare a percentage with each row's ratio; "ahead by 148 %" is also read as a lead."""
    wanted = printed(claim) if claim.hedge == "up_to" else claimed(claim)
    readings: list[tuple[Says, Bounds]] = [(Says(en="a ratio", ko="비율"), wanted)]
    if claim.kind == "exceeds" or RATIO_OR_LEAD in claim.protocol.unstated:
        readings.append((Says(en="a lead", ko="앞선 폭"), (100 + wanted[0], 100 + wanted[1])))
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
        says = Says(
            en=f"Published rows give it, read as {fits[0][0].en}; the source names no benchmark.",
            ko=f"{fits[0][0].ko}로 읽으면 공개된 항목에서 그 값이 나온다. 출처는 벤치마크를 밝히지 않는다.",
        )
        judgement = LOOSELY if len(readings) > 1 else AGREES
    else:
        says = Says(
            en=f"None of the {len(rows)} published rows gives it; the nearest are listed. No benchmark is named.",
            ko=f"공개된 {len(rows)}개 줄에서 그 값이 나오지 않아 가까운 것을 적었다. 벤치마크는 밝히지 않았다.",
        )
        judgement = OPEN
    values = (as_claimed(claim), Says.same(f"{shown[0][0]:.4g} %") if shown else NO_ROW)
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
    missing = absent(desk, claim, found)
    named = [name for name in claim.comparators if name not in missing]
    holds = []
    for which, group in (("all rows", found), ("rows of that skill first", main)):
        for source in dict.fromkeys(m.source for m in group):
            sides = [[m for m in group if m.source == source and m.other in desk.meanings(n)] for n in named]
            fitting = [
                reading for reading, test in _READINGS.items() if all(any(map(test, side)) for side in sides)
            ]
            holds += [f"{' and '.join(fitting)} ({which} of {source})"] if fitting else []
    always = all(m.wins == len(m.rows) for m in found)
    used = [cell for match in found for cell in match.cells]
    arithmetic = "; ".join(match.text() for match in found)
    wins, rows = sum(m.wins for m in found), sum(len(m.rows) for m in found)
    if claim.kind == "at_least" and not always:
        judgement, says = NOTED, NO_LIMIT
    elif missing:
        names = ", ".join(missing)
        judgement = OPEN
        says = Says(en=f"No published row holds {names}.", ko=f"공개된 표에 없는 비교 대상: {names}.")
    elif always:
        judgement, says = AGREES, EVERYWHERE
    elif holds:
        judgement = OPEN
        says = Says(
            en=f"Holds in some readings only: {', '.join(holds)}.",
            ko="어떤 줄을 어떻게 세느냐에 따라 맞기도 하고 맞지 않기도 한다.",
        )
    else:
        judgement = NOT_SHOWN
        says = NOWHERE
    ahead = Says(en=f"ahead in {wins} of {rows} rows", ko=f"{rows}개 줄 가운데 {wins}개에서 앞섬")
    values = (claim.says, ahead)
    return finding("press_against_table", [claim, *used], values, judgement, arithmetic, says)


def _same_number(claim: Claim, cell: Claim) -> bool:
    """Return whether a cell is the number a sentence gives; "up to" gives the number that was reached."""
    if claim.hedge in ("exact", "up_to"):
        return not apart(printed(cell), printed(claim))
    return overlap(printed(cell), claimed(claim))


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
        fits = [c for c in cells if _same_number(claim, c)]
        values = ", ".join(f"{c.value} ({c.source.id})" for c in fits or cells)
        arithmetic = f"{claim.value} in the sentence; in tables {values}"
        says = IN_A_TABLE if fits else IN_NO_TABLE
        recomputed = Says.same((fits or cells)[0].value or "")
        yield finding(
            "prose_against_table",
            [claim, *(fits or cells)],
            (as_claimed(claim), recomputed),
            AGREES if fits else OPEN,
            arithmetic,
            says,
        )


CHECKS = (
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
