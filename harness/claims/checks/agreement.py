"""The same number in two places: revisions, figures, cards, other sources, other articles."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import Literal

from harness.claims.bounds import apart, claimed, coarse, overlap, printed
from harness.claims.checks.registry import Check
from harness.claims.desk import Desk, same_mode, scale
from harness.claims.findings import as_claimed, finding, listed
from harness.records import Claim, Finding, Says, Severity
from harness.records.claim import TEXT_UNITS
from harness.records.units import COUNTED

Relation = Literal["revision", "figure", "own_card", "source"]
TWO_NUMBERS = Says(
    en="Two documents print different numbers for the same model and benchmark; a finding on both, no verdict.",
    ko="같은 모델과 벤치마크에 대해 두 문서의 숫자가 다르다. 양쪽에 대한 지적이며 어느 쪽도 판정하지 않는다.",
)
LATER = Says(en="A later revision prints another number.", ko="이후 판에서 숫자가 바뀌었다.")
NO_MODE = Says(en="One of the two names no mode.", ko="둘 중 하나는 추론 모드를 밝히지 않는다.")
POINT = 0.01
"""A gap below this share of the metric's range is said, and no more."""


def _relation(a: Claim, b: Claim) -> Relation:
    """Return how the papers of two cells stand to each other."""
    if a.form != b.form and a.source.of == b.source.of and (a.source.of or a.source.id == b.source.id):
        return "figure" if a.standing == b.standing else "source"
    if a.source.id == b.source.supersedes or b.source.id == a.source.supersedes:
        return "revision"
    if (a.source.of == a.model) != (b.source.of == b.model):
        return "own_card"
    return "source"


def _differing(desk: Desk, wanted: Relation) -> Iterator[tuple[Claim, Claim]]:
    """Yield pairs of cells on the same model and benchmark that print different numbers."""
    for cells in desk.cells_of.values():
        bounded = [(cell, printed(cell)) for cell in cells]
        for (a, ours), (b, theirs) in combinations(bounded, 2):
            if not apart(ours, theirs) or (a.source.id == b.source.id and a.form == b.form):
                continue
            if _relation(a, b) != wanted or not _comparable(a, b):
                continue
            if wanted in ("revision", "figure") or _both_speak(a, b):
                yield (a, b) if a.source.party == "first" or b.source.party == "third" else (b, a)


def _both_speak(a: Claim, b: Claim) -> bool:
    """Return whether both cells stand for their source: a figure repeats a table, an old revision is replaced."""
    return a.form == b.form == "table" and a.standing == b.standing == "current"


def _comparable(a: Claim, b: Claim) -> bool:
    same_metric = a.metric is None or b.metric is None or a.metric == b.metric
    return same_metric and same_mode(a, b) and a.unit == b.unit and a.items == b.items


def _flips(desk: Desk, a: Claim, b: Claim) -> Says | None:
    """Return the order that changes when one number is put in place of the other, if any does."""
    record = desk.benchmarks.get(a.benchmark or "")
    up = 1 if record is None or record.score.higher_is_better else -1
    for cell, other in ((a, b), (b, a)):
        row = desk.tables[cell.id.rsplit("/", 2)[0]].rows[cell.benchmark or ""]
        main = cell.source.of
        rivals = [c for m, c in row.items() if m != cell.model and main in (m, cell.model)]
        for rival in rivals:
            before, after = up * (cell.number - rival.number), up * (other.number - rival.number)
            if before * after < 0:
                swap = f"{cell.source.id}: {cell.value} → {other.value}, {rival.model} {rival.value}"
                return Says(
                    en=f"With the other number the order against {rival.model} turns round ({swap}).",
                    ko=f"다른 값을 쓰면 {rival.model} 대비 순위가 뒤집힌다 ({swap}).",
                )
    return None


def _pair(desk: Desk, check: str, a: Claim, b: Claim) -> Finding:
    record = desk.benchmarks.get(a.benchmark or "")
    low, high = scale(record, a.unit) if record else (0.0, 100.0)
    small = abs(a.number - b.number) < POINT * (high - low)
    turned = _flips(desk, a, b)
    second_hand = _second_hand(a, b)
    severity: Severity = "info" if (small and not turned) or second_hand else "minor"
    subject = desk.subjects.get(a.model)
    variant = subject is not None and subject.kind == "variant"
    says = LATER if check == "revision_against_revision" else TWO_NUMBERS
    if (a.mode is None) != (b.mode is None) and not variant:
        says += NO_MODE
    if turned is not None:
        says += turned
    arithmetic = f"{a.value} ({a.source.id}) − {b.value} ({b.source.id}) = {a.number - b.number:+.4g}"
    return finding(
        check,
        [a, b],
        (
            Says(en=f"{a.value} and {b.value}", ko=f"{a.value}, {b.value}"),
            Says.same(f"{a.number - b.number:+.4g}"),
        ),
        ("undecided", severity),
        arithmetic,
        says,
        on=[a, b],
    )


def figure_against_table(desk: Desk) -> Iterator[Finding]:
    """Compare the numbers in a maker's figure with those in its table."""
    for a, b in _differing(desk, "figure"):
        yield _pair(desk, "figure_against_table", a, b)


def revision_against_revision(desk: Desk) -> Iterator[Finding]:
    """Compare a document with the revision it replaces."""
    for a, b in _differing(desk, "revision"):
        older, newer = (a, b) if b.source.supersedes == a.source.id else (b, a)
        yield _pair(desk, "revision_against_revision", newer, older)


def comparator_against_own_card(desk: Desk) -> Iterator[Finding]:
    """Compare what another document prints for a model with what its own maker's documents print."""
    for a, b in _differing(desk, "own_card"):
        own, other = (a, b) if a.source.of == a.model else (b, a)
        yield _pair(desk, "comparator_against_own_card", own, other)


def source_against_source(desk: Desk) -> Iterator[Finding]:
    """Compare what two documents print for the same model, neither or both of them its maker's."""
    for a, b in _differing(desk, "source"):
        yield _pair(desk, "source_against_source", a, b)


def statement_against_statement(desk: Desk) -> Iterator[Finding]:
    """Compare statements on the same quantity of the same subject, all sources together."""
    for (subject, _), claims in desk.by_quantity.items():
        groups: dict[tuple[str, ...], list[Claim]] = defaultdict(list)
        for claim in claims:
            if claim.value is not None and claim.kind not in ("rank", "deployability"):
                groups[_meaning(claim)].append(claim)
        sides = list(groups.values())
        differing = [(a, b) for a, b in combinations(sides, 2) if not _agree(a[0], b[0])]
        if not differing:
            continue
        who = desk.subjects[subject].called if subject in desk.subjects else Says.same(desk.models[subject].name)
        says = Says(
            en=f"Sources say it differently ({who.en}); a finding on all of them, no verdict on any.",
            ko=f"출처마다 다르게 적는다({who.ko}). 모두에 대한 지적이며 어느 쪽도 판정하지 않는다.",
        )
        same = [
            pair
            for pair in differing
            if all(g[0].printed for g in pair) and pair[0][0].number == pair[1][0].number
        ]
        if len(same) == len(differing):
            says = Says(
                en=f"The same number stands for different things ({who.en}).",
                ko=f"같은 숫자가 서로 다른 것을 가리킨다({who.ko}).",
            )
        mild = all(_second_hand(a[0], b[0]) or _round(a[0], b[0]) for a, b in differing)
        severity: Severity = "info" if mild else "minor"
        involved = [claim for side in sides for claim in side if any(side in pair for pair in differing)]
        words = "; ".join(f"{_side(a)} ≠ {_side(b)}" for a, b in differing)
        said = {words.en: words for words in map(_words, involved)}.values()
        against = Says(en=listed(said, " against ").en, ko=listed(said, " ↔ ").ko)
        values = (against, Says.same("–"))
        yield finding(
            "statement_against_statement", involved, values, ("undecided", severity), words, says, on=involved
        )


def _side(claims: list[Claim]) -> str:
    return f"{_words(claims[0]).en} ({', '.join(dict.fromkeys(c.source.id for c in claims))})"


def _second_hand(a: Claim, b: Claim) -> bool:
    return "second_hand" in (a.source.read, b.source.read)


def _round(a: Claim, b: Claim) -> bool:
    """Return whether one is the other to fewer digits: 500B and 519B."""
    if a.printed is None or b.printed is None or a.unit != b.unit or a.unit in COUNTED:
        return False
    return overlap(coarse(a), claimed(b)) or overlap(coarse(b), claimed(a))


def _words(claim: Claim) -> Says:
    """Return what is claimed, with the kind where a ratio and a lead could be confused."""
    words, kind = as_claimed(claim), _KINDS.get(claim.kind)
    return words if kind is None else Says(en=f"{words.en} {kind.en}", ko=f"{words.ko} {kind.ko}")


_KINDS = {"ratio": Says(en="as a ratio", ko="(비율)"), "exceeds": Says(en="as a lead", ko="(앞선 폭)")}


def _meaning(claim: Claim) -> tuple[str, ...]:
    """Return what groups statements that say the same: value, wording and unit."""
    value = claim.value if claim.printed is None else f"{claim.number:.6g}"
    return (value or "", claim.hedge, claim.unit, claim.kind)


def _agree(a: Claim, b: Claim) -> bool:
    """Return whether two statements can both be true."""
    if a.unit == b.unit == "date":
        (first, last), (start, end) = _days(a), _days(b)
        return first <= end and start <= last
    if a.unit in TEXT_UNITS or b.unit in TEXT_UNITS:
        return a.value == b.value
    if a.unit != b.unit or {a.kind, b.kind} == {"ratio", "exceeds"}:
        return False
    if a.hedge == b.hedge == "exact":
        return a.number == b.number or not apart(claimed(a), claimed(b))
    return overlap(claimed(a), claimed(b))


def _days(claim: Claim) -> tuple[str, str]:
    """Return the first and last day a worded date allows; partial dates stand for all their days."""
    value = claim.value or ""
    first, last = (value + "-01-01")[:10], value + "-12-31"[len(value) - 4 :]
    match claim.hedge:
        case "up_to":
            return "", last
        case "less_than":
            return "", (datetime.date.fromisoformat(first) - datetime.timedelta(days=1)).isoformat()
        case "at_least" | "more_than":
            return first, "~"
        case _:
            return first, last


CHECKS = (
    Check(
        "figure_against_table",
        "whether the numbers in a maker's figure are those of its table",
        "which of the two is right",
        figure_against_table,
    ),
    Check(
        "revision_against_revision",
        "which numbers a later revision changed, and whether an order turned round",
        "why they changed",
        revision_against_revision,
    ),
    Check(
        "comparator_against_own_card",
        "whether a document prints for another maker's model what that maker prints",
        "which protocol either used, where it is unstated",
        comparator_against_own_card,
    ),
    Check(
        "source_against_source",
        "whether two documents agree on a third model, mode by mode",
        "which of the two is right",
        source_against_source,
    ),
    Check(
        "statement_against_statement",
        "whether articles and documents agree on sizes, dates, names and counts",
        "which of them is right",
        statement_against_statement,
    ),
)
