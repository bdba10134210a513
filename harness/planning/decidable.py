"""Before any run: can a claim be decided at its margin at all, how often must each item run, what does it cost?"""

import math
from dataclasses import dataclass

from harness.records import Benchmark, Claim, Says
from harness.statistics.noise import RunNoise, source_error
from harness.statistics.power import error_for_power, required_repeats
from harness.statistics.selection import floor_repeats
from harness.verdicts.measurement import margin
from harness.verdicts.runs import terms_of

NUMBERS = frozenset({"score", "at_least"})
"""Kinds whose noise can be bounded before a run; a lead or a ratio depends on how two models' answers agree."""
ONE_SIDED = frozenset({"at_least", "more_than", "up_to", "less_than"})
POWER = 0.80
"""How likely a claim that holds exactly is to come out reproduced."""


@dataclass(frozen=True)
class Preflight:
    """What can be known of a claim's decision before it is measured."""

    claim: str
    decidable: bool | None
    """None where that cannot be told before a run."""
    why: Says
    items: int | None = None
    delta: float | None = None
    """Margin in the unit of the claim."""
    decidable_from: float | None = None
    """The least margin at which enough repeats would decide it, in the unit of the claim."""
    stated: int | None = None
    """Repeats of the source, where it states them and its decoding."""
    repeats: int | None = None
    tokens: int | None = None
    """Generated tokens at most: items x repeats x the longest answer."""


def preflight(claim: Claim, benchmark: Benchmark | None, budget: int) -> Preflight:
    """Return whether a claim can be decided at its margin, with how many repeats, and at what cost.

    `budget` is the longest answer in tokens where the source states no cap. Items are taken for as noisy as
    they can be (c(1−c), c the claimed score), the claim for true: a real run is often decided with fewer
    repeats, and a claim that is far off sooner. A source that states a temperature is taken for one whose
    decoding we can repeat.
    """
    if "measured" not in claim.lanes:
        return Preflight(claim.id, None, Says(en="not a claim for a run", ko="실행으로 판정할 주장이 아님"))
    if claim.kind not in NUMBERS or benchmark is None or claim.value is None:
        en, ko = f"not known before a run for kind {claim.kind}", f"{claim.kind} 유형은 실행 전에는 알 수 없음"
        return Preflight(claim.id, None, Says(en=en, ko=ko))
    items = claim.items or benchmark.items
    if items is None:
        return Preflight(claim.id, None, Says(en="number of items unknown", ko="문항 수를 알 수 없음"))
    try:
        terms = terms_of(claim, benchmark, "same" if "temperature" in claim.protocol.known else "unstated")
    except ValueError as error:
        en = f"its unit does not fit the metric ({str(error).splitlines()[-1].strip()})"
        return Preflight(claim.id, None, Says(en=en, ko="단위가 지표와 맞지 않음"), items)
    score = (terms.printed.number - terms.low) / terms.span
    # A claim of exactly 0 or 1 is no claim of having no noise: half an item is added on either side.
    share = (items * score + 0.5) / (items + 1)
    within = share * (1 - share)
    worst = RunNoise(score, math.nan, math.inf, within, within, items, 1)
    theirs = float(source_error(score, items, terms.stated_repeats, worst))
    delta, rounding = margin(terms) / terms.span, terms.printed.rounding / terms.span
    one_sided = claim.kind == "at_least" or claim.hedge in ONE_SIDED
    allowed = error_for_power(max(delta - rounding, 0.0), POWER, one_sided=one_sided)
    least = (theirs / error_for_power(1.0, POWER, one_sided=one_sided) + rounding) * terms.span
    needed = required_repeats(within, items, allowed, theirs)
    stated = terms.stated_repeats
    if needed is None:
        why = _never(claim, stated, items, least)
        return Preflight(claim.id, False, why, items, margin(terms), least, stated)
    repeats = max(needed, floor_repeats(items))
    cap = claim.protocol.known.get("max_tokens")
    tokens = items * repeats * (cap if isinstance(cap, int) else budget)
    why = Says(
        en=f"decidable with {repeats} repeats of {items:,} items",
        ko=f"{items:,}문항 {repeats}회 반복으로 판정 가능",
    )
    return Preflight(claim.id, True, why, items, margin(terms), least, stated, repeats, tokens)


def _never(claim: Claim, stated: int | None, items: int, least: float) -> Says:
    """Return why no number of our repeats decides a claim."""
    if stated is not None:
        en, ko = f"the source ran {'once' if stated == 1 else f'{stated} times'}", f"출처가 {stated}회 실행함"
    elif claim.repeats is None:
        en, ko = "the source does not say how often it ran", "출처가 실행 횟수를 밝히지 않음"
    else:
        en, ko = "the source does not state its decoding", "출처가 디코딩 조건을 밝히지 않음"
    return Says(
        en=f"cannot be decided: {en} on {items:,} items; from ±{least:.2g} on it could be",
        ko=f"판정할 수 없음: {items:,}문항에서 {ko}. ±{least:.2g}부터 가능",
    )
