"""How a check's result becomes a finding: verdict, severity and the words."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.claims.bounds import Bounds, claimed, distance, overlap
from harness.claims.desk import evidence
from harness.records import Claim, Finding, Outcome, Says, Severity
from harness.records.claim import Hedge
from harness.records.units import behind

Judgement = tuple[Outcome, Severity]
AGREES: Judgement = ("reproduced", "none")
LOOSELY: Judgement = ("reproduced", "info")
NOTED: Judgement = ("undecided", "info")
OPEN: Judgement = ("undecided", "minor")
SLIGHTLY_OFF: Judgement = ("contradicted", "minor")
DENIED: Judgement = ("contradicted", "major")
NOT_SHOWN: Judgement = ("undecided", "major")
"""No published number shows it, and none was named that could refute it."""

AGREED = Says(en="Recomputed; it agrees within rounding.", ko="다시 계산한 값이 반올림 범위 안에서 맞는다.")
HEARD = Says(
    en="The source is known second-hand only, so nothing is held against its author.",
    ko="출처를 직접 확인하지 못했으므로 작성자에게 불리하게 판정하지 않는다.",
)
HEARSAY = Says(
    en="What speaks against it is known second-hand only.", ko="어긋나는 근거는 모두 간접 출처에서 온 것이다."
)
SMALL = 0.02
"""A gap below this share of the claimed value is minor."""


@dataclass(frozen=True)
class Attempt:
    """One way to read a statement, recomputed."""

    label: Says
    bounds: Bounds
    arithmetic: str

    @property
    def text(self) -> Says:
        """The recomputed value with its label."""
        value = Says(en=show(self.bounds), ko=span(self.bounds))
        if not self.label.en:
            return value
        return Says(en=f"{value.en} ({self.label.en})", ko=f"{value.ko} ({self.label.ko})")


def show(value: float | Bounds) -> str:
    """Return a number, or an interval that rounding leaves open, to four significant digits."""
    if isinstance(value, tuple):
        low, high = (show(end) for end in value)
        return low if low == high else f"{low} to {high}"
    if not math.isfinite(value):
        return "any" if value > 0 else "none"
    size = abs(value)
    for scale, suffix in ((1e12, "T"), (1e9, "B"), (1e6, "M")):
        if size >= scale and size < scale * 1e3:
            return f"{value / scale:.4g}{suffix}"
    return f"{value:.4g}" if size < 1e4 else f"{value:,.0f}" if size < 1e15 else f"{value:.3e}"


def span(bounds: Bounds) -> str:
    """Return an interval without words, for Korean sentences."""
    return show(bounds).replace(" to ", "–")


_HEDGES: Mapping[Hedge, Says] = {
    "exact": Says.same("{}"),
    "about": Says(en="about {}", ko="약 {}"),
    "at_least": Says(en="at least {}", ko="{} 이상"),
    "more_than": Says(en="more than {}", ko="{} 초과"),
    "up_to": Says(en="up to {}", ko="최대 {}"),
    "less_than": Says(en="less than {}", ko="{} 미만"),
}


def as_claimed(claim: Claim) -> Says:
    """Return the value as printed, with its wording and unit; the whole statement where it is no number."""
    if claim.value is None or claim.unit == "text":
        return claim.says
    hedge, unit = _HEDGES[claim.hedge], behind(claim.unit)
    return Says(en=hedge.en.format(f"{claim.value}{unit.en}"), ko=hedge.ko.format(f"{claim.value}{unit.ko}"))


def listed(all_of: Iterable[Says], mark: str = "; ") -> Says:
    """Return sentences or names, one behind the other."""
    told = list(all_of)
    return Says(en=mark.join(one.en for one in told), ko=mark.join(one.ko for one in told))


def judged(
    check: str, claim: Claim, others: Sequence[Claim], attempts: Sequence[Attempt], *, lax: Bounds | None = None
) -> Finding:
    """Return the finding on one statement with a number, given every way to read it.

    Reproduced when a reading agrees within rounding; contradicted when none does. `lax` are wider bounds (the
    zeros at the end of "500B" need not be digits): agreement only within them is reproduced, and said.
    A source known second-hand is never contradicted (VERDICTS): such a gap stays undecided.
    """
    wanted = claimed(claim)
    verdict: Outcome = "reproduced"
    severity: Severity
    agreeing = [a for a in attempts if overlap(a.bounds, wanted)]
    loosely = [a for a in attempts if lax is not None and overlap(a.bounds, lax)]
    nearest = min(attempts, key=lambda a: distance(a.bounds, wanted))
    if agreeing and len(agreeing) == len(attempts):
        severity, words = "none", AGREED
    elif agreeing:
        names = listed(a.label for a in agreeing)
        rest = listed(a.text for a in attempts if a not in agreeing)
        severity = "info"
        words = Says(
            en=f"It agrees when read as: {names.en}. Other readings give {rest.en}.",
            ko=f"다음과 같이 읽으면 맞는다: {names.ko}. 달리 읽으면 {rest.ko}.",
        )
    elif loosely:
        severity = "info"
        words = Says(
            en=f"It agrees only as a round or cut-off number; recomputed {nearest.text.en}.",
            ko=f"끝자리를 버리거나 어림한 값으로 보면 맞는다. 다시 계산한 값: {nearest.text.ko}.",
        )
    else:
        gap = distance(nearest.bounds, (claim.number, claim.number)) / (abs(claim.number) or 1.0)
        verdict, severity = "contradicted", "minor" if gap <= SMALL else "major"
        words = Says(
            en=f"No reading agrees within rounding; the nearest gives {nearest.text.en}.",
            ko=f"반올림을 감안해도 맞는 해석이 없다. 가장 가까운 값: {nearest.text.ko}.",
        )
    shown = agreeing[0] if agreeing else nearest
    arithmetic = "; ".join(a.arithmetic for a in ([shown] if agreeing == list(attempts) else attempts))
    return finding(
        check, [claim, *others], (as_claimed(claim), shown.text), (verdict, severity), arithmetic, words
    )


def finding(
    check: str,
    claims: Sequence[Claim],
    values: tuple[Says, Says],
    judgement: Judgement,
    arithmetic: str,
    says: Says,
    *,
    on: Sequence[Claim] | None = None,
) -> Finding:
    """Return a finding on the first claim, or on those named, by the evidence of the others.

    Values are (claimed, recomputed).

    Nothing second-hand contradicts, and nothing second-hand is contradicted: that stays undecided.
    """
    verdict, severity = judgement
    if verdict == "contradicted":
        witnesses = list(claims[1:]) or list(claims)
        if claims[0].source.read == "second_hand":
            verdict, severity = OPEN
            says += HEARD
        elif all(claim.source.read == "second_hand" for claim in witnesses):
            verdict, severity = OPEN
            says += HEARSAY
    named = ":".join(claim.id for claim in claims[:2])
    return Finding(
        id=f"{check}:{named}",
        check=check,
        claims=list(dict.fromkeys(claim.id for claim in claims)),
        judged=list(dict.fromkeys(claim.id for claim in (on or claims[:1]))),
        statement=claims[0].says,
        claimed=values[0],
        recomputed=values[1],
        verdict=verdict,
        severity=severity,
        evidence=list(dict.fromkeys(evidence(claims))),
        arithmetic=arithmetic,
        says=says,
    )
