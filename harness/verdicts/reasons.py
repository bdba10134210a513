"""The reasons of a verdict, in words that a newspaper reader understands."""

import math
from collections.abc import Sequence

from harness.records import Claim, Gate, Says, Terms
from harness.statistics.equivalence import Alphas, Region, outside_tail
from harness.verdicts.measurement import Distance, Measurement

ON_PAPER = Says(
    en="Checked on paper only: no run of the model can show it.",
    ko="문서로만 확인한다: 모델을 돌려서는 알 수 없다.",
)


def number(value: float, unit: str) -> str:
    """Return a value as people write it: parameters in millions or billions, scores with one decimal."""
    if unit == "parameters":
        for size, suffix in ((1e12, "T"), (1e9, "B"), (1e6, "M")):
            if abs(value) >= size:
                return f"{value / size:.1f}{suffix}"
        return f"{value:.0f}"
    return f"{value:.2f}" if unit in {"ratio", "points", "seconds", "fraction"} else f"{value:.1f}"


def measured(terms: Terms, measurement: Measurement, delta: float, alphas: Alphas) -> list[Says]:
    """Return the sentences of a verdict: what was found, how sure that is, and what follows from it."""
    found = [_found(terms, measurement)]
    if measurement.probability is not None:
        found.append(_chance(measurement.probability))
    if measurement.distance is not None:
        found += [_sure(terms, measurement.distance, delta, alphas), *_noise(terms, measurement)]
    if terms.deviations:
        each_en = "; ".join(deviation.says.en for deviation in terms.deviations)
        each_ko = "; ".join(deviation.says.ko for deviation in terms.deviations)
        found.append(
            Says(
                en=f"No verdict is drawn, because the set-up differs from the one claimed about: {each_en}.",
                ko=f"주장의 조건과 측정 조건이 달라 판정하지 않는다: {each_ko}.",
            )
        )
    if terms.read == "second_hand":
        found.append(
            Says(
                en="The source reports what others said; that is never counted against the maker.",
                ko="출처가 다른 이의 말을 옮긴 것이므로 제작사에 대한 반증으로 세지 않는다.",
            )
        )
    return found


def _found(terms: Terms, measurement: Measurement) -> Says:
    value = _show(terms, measurement.value)
    if terms.kind == "rank":
        return Says(
            en=f"Claimed place {terms.value}; on our answers it is place {value}.",
            ko=f"주장 {terms.value}위, 우리의 답변으로는 {value}위.",
        )
    if terms.kind == "exam_grade":
        return Says(
            en=f"Claimed grade {terms.value}; we measured {value} points (grade 1 from {terms.cutoffs[0]:g}).",
            ko=f"주장 {terms.value}등급, 측정 {value}점 (1등급은 {terms.cutoffs[0]:g}점부터).",
        )
    if terms.kind == "exceeds":
        lead = _show(terms, abs(measurement.value))
        ahead_en, ahead_ko = ("ahead", "앞선다") if measurement.value >= 0 else ("behind", "뒤진다")
        claim_en = "Claimed to be ahead" + (f" by {terms.value}" if terms.value else "")
        claim_ko = f"{terms.value} 앞선다는 주장" if terms.value else "앞선다는 주장"
        return Says(
            en=f"{claim_en}; on the same {measurement.n:,} items it is {ahead_en} by {lead}.",
            ko=f"{claim_ko}. 같은 {measurement.n:,}문항에서 {lead} {ahead_ko}.",
        )
    gap = measurement.value - terms.printed.number
    way_en, way_ko = ("higher", "높다") if gap >= 0 else ("lower", "낮다")
    return Says(
        en=f"Claimed {terms.value}, measured {value}: {_show(terms, abs(gap))} {way_en}.",
        ko=f"주장 {terms.value}, 측정 {value}: {_show(terms, abs(gap))} {way_ko}.",
    )


def _chance(probability: float) -> Says:
    return Says(
        en=f"With other items of the kind it would hold the claimed place {probability:.0%} of the time.",
        ko=f"같은 종류의 다른 문항이라면 주장한 순위일 확률은 {probability:.0%}이다.",
    )


def _sure(terms: Terms, distance: Distance, delta: float, alphas: Alphas) -> Says:
    """Return the interval that the decision rests on, against what agrees with the claim.

    Where the number lies outside, that is the interval which would have to be wholly outside, else the one
    which would have to be wholly inside.
    """
    estimate, scale = distance.estimate, distance.scale
    region = distance.region(delta)
    inside = region.low < float(estimate.point) < region.high
    level = 1 - 2 * (alphas.inside if inside else float(outside_tail(estimate, region, alphas.outside)))
    low, high = (float(end) for end in estimate.interval(level))
    low, high = low - distance.widen, high + distance.widen
    agrees_en, agrees_ko = _agrees(terms, region, scale)
    if region.low < low and high < region.high:
        tail_en, tail_ko = f"all of it {agrees_en}", f"모두 {agrees_ko}에 든다"
    elif high < region.low or region.high < low:
        tail_en, tail_ko = f"none of it {agrees_en}", f"모두 {agrees_ko}에서 벗어난다"
    else:
        tail_en, tail_ko = f"only partly {agrees_en}", f"일부만 {agrees_ko}에 든다"
    what_en, what_ko = {
        "exam_grade": ("the score", "점수"),
        "exceeds": ("the lead less what was claimed" if terms.value else "the lead", "차이"),
    }.get(terms.kind, ("the difference", "차이"))
    ends, sure = (_show(terms, low * scale), _show(terms, high * scale)), f"{100 * level:.3g} %"
    return Says(
        en=f"Noise and rounding allowed for, {what_en} lies between {ends[0]} and {ends[1]} ({sure}), {tail_en}.",
        ko=f"오차와 반올림을 감안하면 {what_ko}는 {ends[0]}에서 {ends[1]} 사이({sure})로, {tail_ko}.",
    )


def _agrees(terms: Terms, region: Region, scale: float) -> tuple[str, str]:
    low, high = (_show(terms, end * scale) for end in (region.low, region.high))
    if math.isinf(region.low):
        return f"below {high}", f"{high} 미만"
    if math.isinf(region.high):
        return f"above {low}", f"{low} 초과"
    if region.low == -region.high:
        return f"within ±{high}", f"±{high} 안"
    return f"between {low} and {high}", f"{low}에서 {high} 사이"


def _noise(terms: Terms, measurement: Measurement) -> list[Says]:
    """Return whose noise that is, where the source's own is part of it."""
    if measurement.source_error == 0:
        return []
    ours = _show(terms, 1.96 * measurement.run_error)
    theirs = _show(terms, 1.96 * measurement.source_error)
    if terms.stated_repeats is not None:
        runs = "one run" if terms.stated_repeats == 1 else f"{terms.stated_repeats} runs"
        why_en, why_ko = f"it states {runs}", f"{terms.stated_repeats}회 실행이라 밝힘"
    else:
        why_en, why_ko = "taken as one run, at most as noisy as one can be", "최대로 들쭉날쭉한 1회 실행으로 봄"
    if measurement.run_error == 0:
        return [
            Says(
                en=f"The source's number alone can move by ±{theirs} ({why_en}).",
                ko=f"출처의 값만으로도 ±{theirs} 움직일 수 있다 ({why_ko}).",
            )
        ]
    return [
        Says(
            en=f"Measured again, ours would move by ±{ours}, the source's by ±{theirs} ({why_en}).",
            ko=f"다시 재면 우리 값은 ±{ours}, 출처의 값은 ±{theirs} 움직인다 ({why_ko}).",
        )
    ]


def _show(terms: Terms, value: float) -> str:
    """Return a number with as many decimals as the claim's own, one more where that would show too little."""
    if math.isinf(value):
        return "any number"
    if terms.kind == "rank":
        return f"{value:.0f}"
    printed = terms.printed.decimals if terms.value is not None else 1
    decimals = printed if terms.factor == 100 and printed > 0 else printed + 1
    return f"{round(value, decimals) + 0.0:.{decimals}f}"


def exact(claim: Claim, value: float, outcome: str) -> Says:
    """Return the sentence of a verdict on a count, which has no noise."""
    counted = f"{value:,.0f}"
    return {
        "reproduced": Says(
            en=f"Claimed {claim.value}; the checkpoint holds {counted} parameters, which rounds to it.",
            ko=f"주장 {claim.value}. 체크포인트의 매개변수는 {counted}개로 주장과 맞는다.",
        ),
        "contradicted": Says(
            en=f"Claimed {claim.value}; the checkpoint holds {counted} parameters, beyond rounding and margin.",
            ko=f"주장 {claim.value}. 체크포인트의 매개변수는 {counted}개로 반올림과 허용 폭을 벗어난다.",
        ),
    }.get(
        outcome,
        Says(
            en=f"Claimed {claim.value}; the checkpoint holds {counted} parameters, at the edge of the margin.",
            ko=f"주장 {claim.value}. 체크포인트의 매개변수는 {counted}개로 허용 폭의 경계에 있다.",
        ),
    )


def invalid(gates: Sequence[Gate]) -> Says:
    """Return why a run does not count: our fault, never the claim's."""
    each = [_failed(gate) for gate in gates if not gate.passed]
    return Says(
        en=f"Our run is not valid, which says nothing about the claim: {'; '.join(x.en for x in each)}.",
        ko=f"우리의 실행이 유효하지 않으며 주장과는 무관하다: {'; '.join(x.ko for x in each)}.",
    )


_SHARES = {
    "errors": ("of the answers failed", "답변 오류"),
    "empty": ("of the answers are empty", "빈 답변"),
    "truncation": ("of the answers were cut off", "잘린 답변"),
    "answer length": ("off the published answer length", "공개된 답변 길이와의 차이"),
}
_COUNTS = {
    "coverage": ("answers missing, none may be", "누락된 답변 수, 하나도 없어야 함"),
    "repeats": ("repeat(s) of each item, two at least", "문항당 반복 수, 최소 2회"),
    "items": ("independent item(s), two at least", "독립 문항 수, 최소 2개"),
    "extraction gap": ("between strict and lenient reading of the answers", "엄격한 추출과 느슨한 추출의 차이"),
    "look": ("repeats, where the run may not stop", "반복 수, 멈출 수 없는 시점"),
    "floor": ("repeats at the first look, fewer than items like these need", "첫 판정 시점의 반복 수가 부족함"),
}


def _failed(gate: Gate) -> Says:
    """Return a failed gate in words, with what was found and what was allowed."""
    side, _, name = gate.gate.rpartition("'s ")
    side_en, side_ko = (f"{side}: ", "비교 모델: ") if side else ("", "")
    if name in _SHARES:
        en, ko = _SHARES[name]
        return Says(
            en=f"{side_en}{gate.value:.1%} {en} (limit {gate.limit:.1%})",
            ko=f"{side_ko}{ko} {gate.value:.1%} (한도 {gate.limit:.1%})",
        )
    en, ko = _COUNTS[name]
    return Says(en=f"{side_en}{gate.value:,.6g} {en}", ko=f"{side_ko}{ko}: {gate.value:,.6g}")


def not_run(why: Says) -> Says:
    """Return why there is no run yet."""
    return Says(en=f"Not measured yet: {why.en}.", ko=f"아직 측정하지 않음: {why.ko}.")


def untestable(why: str) -> Says:
    """Return why nobody can test the claim."""
    return Says(en=f"Cannot be tested: {why}.", ko=f"검증할 수 없음: {why}.")
