"""Statements that follow from published rows: ratios, differences, means, ranks, bounds."""

from collections.abc import Iterator, Sequence

from harness.claims.bounds import claimed, difference, distance, mean, middle, overlap, printed, quotient
from harness.claims.checks.registry import Check
from harness.claims.desk import Desk, Table, same_mode
from harness.claims.findings import (
    AGREES,
    DENIED,
    NOT_SHOWN,
    NOTED,
    OPEN,
    Attempt,
    as_claimed,
    finding,
    judged,
    show,
)
from harness.records import Claim, Finding, Says

Pair = tuple[Claim, Claim]
_ALL_ROWS = Says(en="all rows", ko="모든 줄")
_FULL_ROWS = Says(en="rows without a dash", ko="빈칸 없는 줄")
UNNAMED = "name of the test"
"""Listed as unstated where a source does not name its test: the one it is taken for can refute nothing."""
BELOW = Says(
    en="Lower values are printed; every area and the mean over areas would have to be that high.",
    ko="그보다 낮은 값이 적혀 있다. 모든 영역과 그 평균이 그 값 이상이어야 한다.",
)
ALL_ABOVE = Says(en="Every printed area is that high.", ko="적힌 모든 영역이 그 값 이상이다.")


def pairs(desk: Desk, claim: Claim) -> list[tuple[Table, Pair]]:
    """Return every (table, (model's cell, comparator's cell)) on the claim's benchmark."""
    found = []
    for table in desk.tables_for(claim):
        for _, row in desk.rows_for(claim, table):
            if claim.model in row:
                others = {m for name in claim.comparators for m in desk.meanings(name)}
                ours = row[claim.model]
                found += [(table, (ours, row[m])) for m in sorted(others) if m in row and _fits(claim, ours)]
    return found


def _fits(claim: Claim, cell: Claim) -> bool:
    """Return whether a cell can be what a statement is about: its metric, and no fraction for points."""
    right_metric = claim.metric is None or cell.metric in (None, claim.metric)
    return right_metric and (
        cell.unit != "fraction" or claim.unit in ("fraction", "times") or claim.kind == "ratio"
    )


def _against(table: Table, other: Claim) -> Says:
    return Says(en=f"{table.id} against {other.model}", ko=f"{table.id}, {other.model} 대비")


def _operands(desk: Desk, claim: Claim) -> list[tuple[Says, Pair]]:
    if claim.over is not None and len(claim.over.operands) == 2:
        top, bottom = (desk.by_id[name] for name in claim.over.operands)
        label = Says(en="the printed operands", ko="적힌 두 수")
        return [(label, (top, bottom))] if top.printed and bottom.printed else []
    if claim.benchmark is None:
        return []
    return [(_against(table, pair[1]), pair) for table, pair in pairs(desk, claim)]


def ratio_from_rows(desk: Desk) -> Iterator[Finding]:
    """Recompute ratios whose two numbers are published."""
    for claim in desk.statements:
        if claim.kind != "ratio" or claim.printed is None:
            continue
        yield from (found for one in _single(claim) for found in _ratio(desk, one))


def _single(claim: Claim) -> Iterator[Claim]:
    """Yield the statement once per comparator: all of them have to hold; "up to" is the number reached."""
    exact = {"hedge": "exact"} if claim.hedge == "up_to" else {}
    for names in [[name] for name in claim.comparators] or [[]]:
        yield claim.model_copy(update=exact | {"comparators": names})


def _ratio(desk: Desk, claim: Claim) -> Iterator[Finding]:
    scale, sign = (100.0, " %") if claim.unit == "percent" else (1.0, "")
    attempts, used = [], []
    for label, (top, bottom) in _operands(desk, claim):
        if printed(bottom)[0] <= 0:
            continue
        low, high = quotient(printed(top), printed(bottom))
        bounds = (scale * low, scale * high)
        result = show(scale * top.number / bottom.number)
        arithmetic = f"{top.value} / {bottom.value} = {result}{sign}, by rounding {show(bounds)}"
        attempts.append(Attempt(label, bounds, arithmetic))
        used += [top, bottom]
    if attempts:
        yield judged("ratio_from_rows", claim, used, attempts)


def difference_from_rows(desk: Desk) -> Iterator[Finding]:
    """Recompute leads in points whose two numbers are published."""
    for claim in desk.statements:
        if claim.kind != "exceeds" or claim.printed is None or claim.benchmark is None:
            continue
        if claim.unit not in ("points", "percentage points", "percent"):
            continue
        yield from (found for one in _single(claim) for found in _difference(desk, one))


def _difference(desk: Desk, claim: Claim) -> Iterator[Finding]:
    attempts, used = [], []
    for table, (ours, other) in pairs(desk, claim):
        attempts += _leads(claim, ours, other, _against(table, other), up=_up(desk, claim))
        used += [ours, other]
    if attempts:
        found = judged("difference_from_rows", claim, used, attempts)
        if found.verdict == "contradicted":
            meant = _meant(desk, claim)
            found = found.model_copy(update={"says": found.says + meant}) if meant else found
        yield found


def _up(desk: Desk, claim: Claim) -> bool:
    record = desk.benchmarks.get(claim.benchmark or "")
    return record.score.higher_is_better if record else True


def _leads(claim: Claim, ours: Claim, other: Claim, label: Says, *, up: bool) -> list[Attempt]:
    """Return the lead in points; a lead "by percent" may also be meant as a share of the other's number."""
    better, worse = (ours, other) if up else (other, ours)
    bounds = difference(printed(better), printed(worse))
    words = f"{better.value} − {worse.value} = {better.number - worse.number:.4g}"
    found = [Attempt(label, bounds, words)]
    low, high = printed(other)
    if claim.unit == "percent" and low > 0:
        share = (100 * bounds[0] / high, 100 * bounds[1] / low)
        result = 100 * (better.number - worse.number) / other.number
        as_share = Says(en=f"{label.en}, as a share", ko=f"{label.ko}, 비율로")
        found.append(Attempt(as_share, share, f"({words}) / {other.value} = {result:.4g} %"))
    return found


def _meant(desk: Desk, claim: Claim) -> Says | None:
    """Return the column of the same row that the printed difference fits best, as a hint."""
    fitting: list[tuple[float, str]] = []
    for table in desk.tables_for(claim):
        for _, row in desk.rows_for(claim, table):
            ours = row.get(claim.model)
            for name, other in row.items() if ours else ():
                if (
                    ours
                    and name != claim.model
                    and overlap(difference(printed(ours), printed(other)), claimed(claim))
                ):
                    gap = abs(ours.number - other.number - claim.number)
                    fitting.append((gap, f"{name} ({ours.value} − {other.value})"))
    if not fitting:
        return None
    words = min(fitting)[1]
    return Says(en=f"The difference fits {words}.", ko=f"그 차이에 맞는 조합: {words}.")


def rank_from_rows(desk: Desk) -> Iterator[Finding]:
    """Recompute ranks on a benchmark whose row is published."""
    for claim in desk.statements:
        if claim.kind != "rank" or claim.printed is None or claim.benchmark is None or not claim.comparators:
            continue
        record = desk.benchmarks.get(claim.benchmark)
        up = record.score.higher_is_better if record else True
        for table in desk.tables_for(claim):
            for _, row in desk.rows_for(claim, table):
                meant = {name: sorted(desk.meanings(name) & row.keys()) for name in claim.comparators}
                present = [row[m] for columns in meant.values() for m in columns]
                if claim.model not in row or not present:
                    continue
                ours = row[claim.model]
                order = sorted([ours, *present], key=lambda c: -c.number if up else c.number)
                ahead = sum((c.number > ours.number) if up else (c.number < ours.number) for c in present)
                ties = sum(c.number == ours.number for c in present)
                arithmetic = " > ".join(f"{c.model} {c.value}" for c in order)
                missing = [name for name, columns in meant.items() if not columns]
                attempt = Attempt(Says.same(table.id), (ahead + 1, ahead + 1 + ties + len(missing)), arithmetic)
                found = judged("rank_from_rows", claim, order, [attempt])
                names = ", ".join(missing)
                note = Says(en=f"Not in the row: {names}.", ko=f"이 항목에 없는 모델: {names}.")
                if missing:
                    open_rank = {"verdict": "undecided", "severity": "info", "says": found.says + note}
                    found = found.model_copy(
                        update=open_rank if found.verdict == "reproduced" else {"says": found.says + note}
                    )
                yield found


def average_from_rows(desk: Desk) -> Iterator[Finding]:
    """Recompute means over rows, over every plausible set of rows."""
    for claim in desk.statements:
        if claim.kind != "average" or claim.printed is None:
            continue
        sets = [found for table in desk.tables_for(claim) for found in _row_sets(desk, claim, table)]
        if not sets:
            continue
        attempts = []
        for label, cells in sets:
            total = sum(c.number for c in cells)
            addends = " + ".join(c.value or "" for c in cells)
            arithmetic = f"{label.en}: ({addends}) / {len(cells)} = {total / len(cells):.4g}"
            attempts.append(Attempt(label, mean([printed(c) for c in cells]), arithmetic))
        wanted, exact = claimed(claim), (claim.number, claim.number)
        gaps = [(distance(a.bounds, wanted), distance(a.bounds, exact)) for a in attempts]
        nearest = gaps.index(min(gaps))
        found = judged("average_from_rows", claim, sets[nearest][1], [attempts[nearest]])
        partial = any(not c.complete for _, cells in sets for c in cells)
        if found.verdict == "contradicted" and (claim.source.party == "third" or partial):
            # Press may average rows that were never printed: the rows cannot refute it, only fail to show it.
            says = Says(
                en=f"None of {len(sets)} sets of published rows gives it; nearest: {attempts[nearest].text.en}.",
                ko=f"공개된 항목의 조합 {len(sets)}가지에서 그 평균이 나오지 않는다. 가장 가까운 값은 "
                f"{attempts[nearest].text.ko}이다.",
            )
            found = found.model_copy(update={"verdict": "undecided", "severity": "minor", "says": says})
        yield found


def _row_sets(desk: Desk, claim: Claim, table: Table) -> list[tuple[Says, list[Claim]]]:
    """Return the sets of rows a mean may be over: all, those with every model, those of the wanted number."""
    rows = dict(desk.rows_for(claim, table))
    count = claim.over.count if claim.over else None
    found = []
    for model in sorted(desk.meanings(claim.model)):
        cells = [row[model] for row in rows.values() if model in row and _fits(claim, row[model])]
        widest = max(map(len, rows.values()))
        full = [cell for cell in cells if len(rows[cell.benchmark or ""]) == widest]
        for label, chosen in ((_ALL_ROWS, cells), (_FULL_ROWS, full)):
            if chosen and (count is None or len(chosen) == count):
                words = Says(en=f"{label.en} of {table.id}, {model}", ko=f"{table.id}의 {label.ko}, {model}")
                found.append((words, chosen))
            elif count is not None and len(chosen) == count + 1:
                for left in chosen:
                    words = Says(
                        en=f"{label.en} of {table.id} but {left.benchmark}, {model}",
                        ko=f"{left.benchmark}만 뺀 {table.id}의 {label.ko}, {model}",
                    )
                    found.append((words, [c for c in chosen if c is not left]))
    return _distinct(found)


def _distinct(sets: Sequence[tuple[Says, list[Claim]]]) -> list[tuple[Says, list[Claim]]]:
    seen: dict[tuple[str, ...], tuple[Says, list[Claim]]] = {}
    for label, cells in sets:
        seen.setdefault(tuple(c.id for c in cells), (label, cells))
    return list(seen.values())


def mean_of_parts(desk: Desk) -> Iterator[Finding]:
    """Recompute a benchmark's number from its parts, plain and weighted by items."""
    for record in desk.benchmarks.values():
        told: dict[tuple[str, str | None, str | None], list[Claim]] = {}
        for table in desk.tables.values() if record.parts else ():
            for claim in table.rows.get(record.id, {}).values():
                told.setdefault((claim.model, claim.value, claim.mode), []).append(claim)
        for same in told.values():
            parts = [_part(desk, same[0], part) for part in record.parts]
            if all(parts):
                yield from _parts_against(desk, same, [p for p in parts if p])


def _part(desk: Desk, claim: Claim, part: str) -> Claim | None:
    """Return the part's cell beside the claim: in the same source, else in another paper of the same maker."""
    cells = [
        c
        for c in desk.cells_of.get((part, claim.model), ())
        if (c.standing, c.unit) == (claim.standing, claim.unit) and same_mode(c, claim)
        if c.metric is None or c.metric == claim.metric
    ]
    same = [c for c in cells if c.source.id == claim.source.id]
    maker = [c for c in cells if claim.source.of is not None and c.source.of == claim.source.of]
    return next(iter(same or maker), None)


def _parts_against(desk: Desk, claims: Sequence[Claim], parts: Sequence[Claim]) -> Iterator[Finding]:
    claim = claims[0]
    bounds = [printed(p) for p in parts]
    names = " + ".join(p.value or "" for p in parts)
    plain = mean(bounds)
    attempts = [
        Attempt(Says(en="plain mean", ko="단순 평균"), plain, f"({names}) / {len(parts)} = {show(middle(plain))}")
    ]
    items = [desk.benchmarks[p.benchmark or ""].items for p in parts]
    weights = [float(n) for n in items if n is not None]
    if len(weights) == len(parts):
        weighted = mean(bounds, weights)
        words = " + ".join(f"{n:.0f} × {p.value}" for n, p in zip(weights, parts, strict=True))
        arithmetic = f"({words}) / {sum(weights):.0f} = {show(middle(weighted))}"
        attempts.append(Attempt(Says(en="weighted by items", ko="문항 가중 평균"), weighted, arithmetic))
    if any(overlap(a.bounds, claimed(claim)) for a in attempts):
        return
    if min(p.number for p in parts) <= claim.number <= max(p.number for p in parts):
        tried = " nor ".join(a.label.en for a in attempts)
        says = Says(
            en=f"The {tried} of the parts does not give it; how they are weighted is not stated.",
            ko="부분 점수의 평균과 맞지 않는다. 가중 방식은 밝히지 않았다.",
        )
        values = (as_claimed(claim), attempts[0].text)
        arithmetic = "; ".join(a.arithmetic for a in attempts)
        yield finding("mean_of_parts", [claim, *parts, *claims[1:]], values, NOTED, arithmetic, says, on=claims)
    else:
        yield judged("mean_of_parts", claim, [*parts, *claims[1:]], attempts)


def bound_over_rows(desk: Desk) -> Iterator[Finding]:
    """Hold "at least X in every area" against each area, and against their mean."""
    for claim in desk.statements:
        if claim.hedge not in ("at_least", "more_than") or claim.printed is None or claim.benchmark is None:
            continue
        if claim.over is None or not claim.over.rows:
            continue
        whole = [claim.benchmark, *claim.over.rows]
        cells = [c for b in whole for m in desk.meanings(claim.model) for c in desk.cells_of.get((b, m), ())]
        cells = [c for c in cells if same_mode(c, claim) and c.unit in ("percent", "points")]
        below = [c for c in cells if c.standing == "current" and printed(c)[1] < claimed(claim)[0]]
        if not cells:
            continue
        read = [c for c in below if c.source.read != "second_hand" and c.source.of == c.model]
        against = NOT_SHOWN if UNNAMED in claim.protocol.unstated else DENIED
        judgement = against if read else OPEN if below else AGREES
        lowest = min(cells, key=lambda c: c.number)
        arithmetic = "; ".join(f"{c.benchmark} {c.value} < {claim.value} ({c.source.id})" for c in below)
        says = BELOW if below else ALL_ABOVE
        if claim.protocol.unstated:
            left = ", ".join(claim.protocol.unstated)
            says += Says(en=f"The source leaves open: {left}.", ko="출처가 조건을 다 밝히지 않았다.")
        least = f"{lowest.value} ({lowest.benchmark})"
        order = [*read, *(c for c in below if c not in read)] or cells
        yield finding(
            "bound_over_rows",
            [claim, *order],
            (as_claimed(claim), Says(en=f"lowest {least}", ko=f"최솟값 {least}")),
            judgement,
            arithmetic or f"lowest {least} ≥ {claim.value}",
            says,
        )


CHECKS = (
    Check(
        "ratio_from_rows",
        "whether a printed ratio is the quotient of two printed numbers, with the rounding of all three",
        "whether the two numbers are right, or were measured in the same way",
        ratio_from_rows,
    ),
    Check(
        "difference_from_rows",
        "whether a printed lead in points is the difference of two cells, and which column it does fit",
        "whether the lead is larger than the noise of a run",
        difference_from_rows,
    ),
    Check(
        "average_from_rows",
        "whether a printed mean follows from all rows, the rows without a dash, or all but one",
        "means over rows that were never printed",
        average_from_rows,
    ),
    Check(
        "mean_of_parts",
        "whether a benchmark's number is the plain or item-weighted mean of its printed parts",
        "which weights the source used, where it names none",
        mean_of_parts,
    ),
    Check(
        "rank_from_rows",
        "whether a printed rank follows from the row it is about",
        "ranks among models that are not in the row",
        rank_from_rows,
    ),
    Check(
        "bound_over_rows",
        "whether a least value said to hold in every area holds in each, and in their mean",
        "areas that were never printed",
        bound_over_rows,
    ),
)
