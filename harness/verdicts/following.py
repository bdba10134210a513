"""What would decide an undecided claim, or that nothing would."""

import math
from collections.abc import Sequence

from harness.records import Gate, Outcome, Says, Terms
from harness.statistics.equivalence import Alphas, Estimate, is_inside, is_outside
from harness.statistics.intervals import quantile
from harness.verdicts.measurement import Distance, Measurement

MOST = 1 << 16
"""So many times our repeats are as good as no noise of ours at all."""


DECIDED = Says(en="nothing: the claim is decided at this margin", ko="없음(이 허용 폭에서 판정됨)")
_SAME_KIND = Says(
    en="cannot be decided on these items: the places are too close; more items of the kind would tell",
    ko="이 문항으로는 판정할 수 없음: 순위가 너무 가까워 같은 종류의 문항이 더 필요하다",
)
_OWN_WORDS = Says(
    en="the maker's own words: a source known second-hand is never contradicted",
    ko="제작사의 원문(간접 출처는 반박하지 않는다)",
)
_MENDING = {
    "coverage": Says(
        en="the missing answers: the command that made the run continues it",
        ko="빠진 답변(실행을 만든 명령을 다시 쓰면 이어진다)",
    ),
    "truncation": Says(
        en="a run with room for longer answers; same_cap: true in the claim if the source was cut there too",
        ko="더 긴 답변을 허용하는 실행. 출처도 거기서 잘렸다면 주장에 same_cap: true를 적는다",
    ),
    "repeats": Says(en="at least two repeats of every item", ko="문항마다 두 번 이상의 반복"),
}
_CLEAN = Says(en="a run without what made this one invalid", ko="무효가 된 원인이 없는 실행")


def following(
    terms: Terms, measurement: Measurement, outcome: Outcome, delta: float, alphas: Alphas
) -> tuple[Says, int | None]:
    """Return the next step for a measured claim, in one line, and how many more repeats it asks for."""
    if terms.deviations:
        fields = ", ".join(d.field for d in terms.deviations)
        return Says(en=f"a run without the deviations: {fields}", ko=f"다음 차이가 없는 실행: {fields}"), None
    if outcome != "undecided":
        return DECIDED, None
    distance = measurement.distance
    if distance is None:
        return _SAME_KIND, None
    if _settled(distance, distance.estimate, delta, alphas):
        return _OWN_WORDS, None
    if distance.repeated is None:
        return _more_items(measurement, distance, delta), None
    repeats = _repeats(measurement, distance, delta, alphas)
    if repeats is None:
        at, why = _margin(terms, delta), _source(terms, measurement)
        en = f"cannot be decided at {at.en}: {why.en}"
        return Says(en=en, ko=f"허용 폭 {at.ko}에서는 판정할 수 없음: {why.ko}"), None
    more = repeats - measurement.repeats
    each = "repeat" if more == 1 else "repeats"
    return Says(en=f"{more} more {each} of each item would decide it", ko=f"문항마다 {more}회 더 반복"), more


def mended(failed: Sequence[Gate]) -> Says:
    """Return what would make a run valid whose gates failed."""
    names = {gate.gate.rpartition("'s ")[2] for gate in failed}
    return _MENDING.get(names.pop(), _CLEAN) if len(names) == 1 else _CLEAN


def _settled(distance: Distance, estimate: Estimate, delta: float, alphas: Alphas) -> bool:
    """Return whether the rule would decide on this estimate, either way."""
    region, widen = distance.region(delta), distance.widen
    return bool(is_inside(estimate, region, widen, alphas)) or bool(is_outside(estimate, region, widen, alphas))


def _repeats(measurement: Measurement, distance: Distance, delta: float, alphas: Alphas) -> int | None:
    """Return the fewest repeats that would settle it if the difference stayed where it is; None where none would.

    Asks the rule itself for ever more repeats, so that what is said here is what will be done.
    """

    def settles(repeats: int) -> bool:
        assert distance.repeated is not None
        return _settled(distance, distance.repeated(repeats / measurement.repeats), delta, alphas)

    few, many = measurement.repeats, measurement.repeats * 2
    while not settles(many):
        few, many = many, many * 2
        if many > measurement.repeats * MOST:
            return None
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if settles(middle) else (middle, many)
    return many


def _more_items(measurement: Measurement, distance: Distance, delta: float) -> Says:
    """Return how many items would settle what holds of items in general (normal approximation)."""
    point, error = float(distance.estimate.point), float(distance.estimate.error)
    region = distance.region(delta)
    level = 0.90 if region.low < point < region.high else 0.95
    room = min(abs(point - region.low), abs(region.high - point)) - distance.widen
    if math.isinf(error):
        return Says(
            en="cannot be decided on these items: the comparator is hardly ever right on them",
            ko="이 문항으로는 판정할 수 없음: 비교 대상이 거의 맞히지 못한다",
        )
    if room <= 0:
        return Says(
            en="cannot be decided: the difference lies at the edge of what agrees with the claim",
            ko="판정할 수 없음: 차이가 주장과 맞는 범위의 경계에 있다",
        )
    items = max(math.ceil(measurement.n * (quantile(level) * error / room) ** 2), measurement.n + 1)
    return Says(
        en=f"cannot be decided on these {measurement.n:,} items: about {items:,} of the kind would",
        ko=f"이 {measurement.n:,}문항으로는 판정할 수 없음: 같은 종류로 {items:,}문항쯤 필요하다",
    )


def _margin(terms: Terms, delta: float) -> Says:
    if terms.factor == 100:
        return Says(en=f"{delta:g} point" if delta == 1 else f"{delta:g} points", ko=f"{delta:g}점")
    return Says(en=f"a margin of {delta:g}", ko=f"{delta:g}")


def _source(terms: Terms, measurement: Measurement) -> Says:
    """Return why no repeats of ours are enough."""
    if measurement.source_error == 0:
        return Says(
            en="the score lies at the edge of what agrees with the claim",
            ko="점수가 주장과 맞는 범위의 경계에 있다",
        )
    moves = f"±{quantile(0.95) * measurement.source_error:.2g}"
    noise = Says(en=f"its score alone can move by {moves}", ko=f"그 점수만으로도 {moves} 움직일 수 있다")
    if terms.stated_repeats is not None:
        n = terms.n or measurement.n
        times = "once" if terms.stated_repeats == 1 else f"{terms.stated_repeats} times"
        why = Says(
            en=f"the source ran {times} on {n:,} items", ko=f"출처는 {n:,}문항을 {terms.stated_repeats}회 실행했고"
        )
    elif terms.source_decoding == "other":
        why = Says(en="the source decoded otherwise", ko="출처의 디코딩이 다르고")
    elif terms.source_decoding == "same":
        why = Says(en="the source does not state its repeats", ko="출처가 반복 횟수를 밝히지 않았고")
    else:
        why = Says(en="the source does not state its decoding", ko="출처가 디코딩을 밝히지 않았고")
    return Says(en=f"{why.en}, {noise.en}", ko=f"{why.ko} {noise.ko}")
