"""What the printed digits themselves give away."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from harness.claims.checks.registry import Check
from harness.claims.desk import Desk, Table, same_mode, scale
from harness.claims.findings import DENIED, NOTED, OPEN, SLIGHTLY_OFF, as_claimed, finding, show
from harness.records import Benchmark, Claim, Finding, Says
from harness.records.units import COUNTED, SCORES, UNITS
from harness.statistics.grim import can_tell, implied_repeats, is_possible

NO_SINGLE_RUN = Says(
    en="No single run over these items can print this; the source states no repeats.",
    ko="이 문항 수로는 1회 실행에서 나올 수 없는 값이다. 출처는 반복 횟수를 밝히지 않는다.",
)
NO_WHOLE_NUMBER = Says(
    en="No whole number of right answers gives this with the stated repeats.",
    ko="밝힌 반복 횟수로는 정답 수가 정수일 때 나올 수 없는 값이다.",
)
MORE_DIGITS = Says(
    en="One cell carries more digits than the rest of its table: it may come from elsewhere.",
    ko="한 칸만 자릿수가 더 많다. 다른 곳에서 옮긴 값일 수 있다.",
)
SLIPPED = Says(
    en="The same digits with the point elsewhere: one of the two slipped.",
    ko="숫자는 같고 소수점 자리만 다르다. 둘 중 하나가 잘못 적혔다.",
)
MULTIPLE = Says(en="a multiple of one item", ko="문항 하나의 배수")
SLIPS = (9.0, 110.0)
"""Ratios between which a decimal point can have slipped by one or two places, rounding included."""

_PER_ITEM = frozenset({None, "accuracy", "exact_match", "prompt_strict", "prompt_loose", "pass_at_1"})
"""Metrics that count each item as right or wrong."""


def grim(desk: Desk) -> Iterator[Finding]:
    """Name the rows whose percentages no single run over the known items can give, with the repeats they need."""
    for table in desk.tables.values():
        for benchmark, row in table.rows.items():
            record = desk.benchmarks.get(benchmark)
            if record is not None and record.score.binary:
                yield from _grim_row(desk, record, list(row.values()))


def _sizes(desk: Desk, record: Benchmark, claim: Claim) -> list[int]:
    """Return the item counts that may be meant: the one stated, else those of every set with that name."""
    if claim.items is not None:
        return [claim.items]
    sets = [record, *(desk.benchmarks[v] for v in record.versions if v in desk.benchmarks)]
    return sorted({s.items for s in sets if s.items is not None})


def _grim_row(desk: Desk, record: Benchmark, cells: list[Claim]) -> Iterator[Finding]:
    needing: list[tuple[Claim, str]] = []
    broken: list[tuple[Claim, str]] = []
    for claim in cells:
        printed, sizes = claim.printed, _sizes(desk, record, claim)
        if printed is None or claim.unit != "percent" or claim.metric not in _PER_ITEM or not sizes:
            continue
        if record.score.several_rates and claim.metric is None:
            continue
        if claim.repeats is not None:
            told = [n for n in sizes if can_tell(printed, n, claim.repeats)]
            if told and len(told) == len(sizes) and not any(is_possible(printed, n, claim.repeats) for n in told):
                nearest = _nearest(claim, told[0], claim.repeats)
                broken.append((claim, f"{claim.value} is no k/({told[0]}·{claim.repeats}); nearest {nearest}"))
            continue
        needed = {n: implied_repeats(printed, n) for n in sizes}
        if all(k is not None and k > 1 for k in needed.values()):
            words = " or ".join(f"at least {k} repeats of {n} items" for n, k in needed.items())
            needing.append(
                (claim, f"{claim.model} {claim.value}: {words} (one run: {_nearest(claim, sizes[0], 1)})")
            )
    for found, judgement, says in (
        (
            needing,
            NOTED,
            NO_SINGLE_RUN,
        ),
        (
            broken,
            DENIED,
            NO_WHOLE_NUMBER,
        ),
    ):
        if found:
            claims = [claim for claim, _ in found]
            values = Says.same(", ".join(c.value or "" for c in claims))
            arithmetic = "; ".join(words for _, words in found)
            yield finding("grim", claims, (values, MULTIPLE), judgement, arithmetic, says, on=claims)


def _nearest(claim: Claim, n: int, repeats: int) -> str:
    total = n * repeats
    below = int(claim.number * total / 100)
    digits = claim.printed.decimals + 1 if claim.printed else 2
    return " and ".join(f"{k}/{total} = {100 * k / total:.{digits}f}" for k in (below, below + 1))


def impossible_precision(desk: Desk) -> Iterator[Finding]:
    """Name cells with more digits than all others of their table, and counts that are no whole numbers."""
    for table in desk.tables.values():
        yield from _odd_digits(table)
    for claim in desk.statements:
        if claim.unit in COUNTED and claim.printed is not None and not claim.number.is_integer():
            says = Says(
                en=f"{claim.unit} are counted in whole numbers.",
                ko=f"정수로만 세는 단위다({UNITS[claim.unit].ko}).",
            )
            values = (as_claimed(claim), Says(en="a whole number", ko="정수"))
            yield finding("impossible_precision", [claim], values, SLIGHTLY_OFF, claim.value or "", says)


def _odd_digits(table: Table) -> Iterator[Finding]:
    cells = [c for row in table.rows.values() for c in row.values()]
    for unit in {c.unit for c in cells}:
        digits = {c.id: c.printed.decimals for c in cells if c.unit == unit and c.printed}
        counts = Counter(digits.values())
        most = max(digits.values(), default=0)
        odd = [c for c in cells if digits.get(c.id) == most]
        if len(counts) > 1 and len(odd) == 1 and len(digits) >= 5:
            rest = max(d for d in counts if d != most)
            others = len(digits) - 1
            words = Says(
                en=f"{rest} decimals in the other {others} cells", ko=f"다른 {others}칸은 소수 {rest}자리"
            )
            values = (Says.same(odd[0].value or ""), words)
            says = MORE_DIGITS
            yield finding("impossible_precision", odd, values, NOTED, f"{most} against {rest} decimals", says)


def unit_and_direction(desk: Desk) -> Iterator[Finding]:
    """Name values outside their metric's range, slipped points, and ratios above 100 % where less is better."""
    yield from _turned_round(desk)
    for claim in desk.cells:
        record = desk.benchmarks.get(claim.benchmark or "")
        if record is None or claim.unit not in SCORES:
            continue
        low, high = scale(record, claim.unit)
        if not low <= claim.number <= high:
            judgement = DENIED if claim.standing == "current" else SLIGHTLY_OFF
            values = (
                as_claimed(claim),
                Says(en=f"between {show(low)} and {show(high)}", ko=f"{show(low)}–{show(high)}"),
            )
            name = record.names[0]
            says = Says(
                en=f"Outside the range of {name}; the unit or a decimal point may have slipped.",
                ko=f"{name}의 범위를 벗어난다. 단위나 소수점이 잘못됐을 수 있다.",
            )
            words = f"{claim.value} is not in [{show(low)}, {show(high)}]"
            yield finding("unit_and_direction", [claim], values, judgement, words, says)
    for cells in desk.cells_of.values():
        for a, b in combinations(cells, 2):
            if _inside(desk, a) and _inside(desk, b):  # else the range has said it already
                yield from _slipped(a, b)


def _inside(desk: Desk, claim: Claim) -> bool:
    record = desk.benchmarks.get(claim.benchmark or "")
    low, high = scale(record, claim.unit) if record else (claim.number, claim.number)
    return low <= claim.number <= high


def _turned_round(desk: Desk) -> Iterator[Finding]:
    """Name ratios above 100 % on a metric where a lower number is the better one."""
    for claim in desk.statements:
        record = desk.benchmarks.get(claim.benchmark or "")
        if record is None or record.score.higher_is_better or claim.printed is None:
            continue
        if claim.kind == "ratio" and claim.unit == "percent" and claim.number > 100:
            name = record.names[0]
            says = Says(
                en=f"A lower number is better on {name}: a ratio above 100 % is no lead.",
                ko=f"낮을수록 좋은 지표다({name}). 비율이 100%를 넘으면 앞선 것이 아니다.",
            )
            values = (as_claimed(claim), Says(en="a lower number is better", ko="낮을수록 좋다"))
            words = f"{record.score.metric}: lower is better"
            yield finding("unit_and_direction", [claim], values, OPEN, words, says)


def _slipped(a: Claim, b: Claim) -> Iterator[Finding]:
    if a.source.id == b.source.id or a.unit != b.unit or not same_mode(a, b):
        return
    small, large = sorted((a.number, b.number))
    if small <= 0 or not SLIPS[0] <= large / small <= SLIPS[1]:
        return
    ratio = large / small
    digits = [(c.value or "").replace(".", "").strip("0") for c in (a, b)]
    if ratio in (10.0, 100.0) or (digits[0] == digits[1] and len(digits[0]) > 1 and round(ratio) in (10, 100)):
        values = (
            Says(en=f"{a.value} and {b.value}", ko=f"{a.value}, {b.value}"),
            Says(en=f"a factor of {ratio:.4g}", ko=f"{ratio:.4g}배"),
        )
        says = SLIPPED
        words = f"{large:g} / {small:g} = {ratio:.4g}"
        yield finding("unit_and_direction", [a, b], values, OPEN, words, says, on=[a, b])


CHECKS = (
    Check(
        "grim",
        "whether a percentage over right-or-wrong items is a whole number of items; the repeats its digits need",
        "anything once items times repeats reach 10^(decimals + 2); graded or weighted metrics",
        grim,
    ),
    Check(
        "impossible_precision",
        "cells with more digits than all others of their table; counts that are no whole numbers",
        "whether a cell with many digits is wrong",
        impossible_precision,
    ),
    Check(
        "unit_and_direction",
        "values outside their range; the same digits with the point elsewhere; ratios above 100 % on error rates",
        "slips that stay inside the range",
        unit_and_direction,
    ),
)
