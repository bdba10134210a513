"""The reasons of a verdict, in words that a newspaper reader understands."""

from collections.abc import Sequence

from harness.records import Claim, Deviation, Gate, Measurement, Says

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
    return f"{value:.2f}" if unit in {"ratio", "points"} else f"{value:.1f}"


def measured(
    claim: Claim,
    measurement: Measurement,
    outcome: str,
    delta: float,
    gap: tuple[float, float],
    deviations: Sequence[Deviation],
) -> Says:
    """Return the two sentences of a verdict that rests on a measurement; `gap` is its 90 % interval."""
    unit = claim.unit
    value, margin = number(measurement.value, unit), number(delta, unit)
    low, high = number(gap[0], unit), number(gap[1], unit)
    head_en = f"Claimed {claim.value}, measured {value}; the difference lies between {low} and {high} (90 %), "
    head_ko = f"주장 {claim.value}, 측정 {value}. 차이는 90 % 구간으로 {low}에서 {high} 사이이며, "
    tail_en = {
        "reproduced": f"inside the margin of ±{margin}.",
        "contradicted": f"outside the margin of ±{margin}.",
        "undecided": f"which does not decide it at the margin of ±{margin}.",
    }[outcome]
    tail_ko = {
        "reproduced": f"허용 폭 ±{margin} 안에 있다.",
        "contradicted": f"허용 폭 ±{margin} 밖에 있다.",
        "undecided": f"허용 폭 ±{margin}으로는 판정할 수 없다.",
    }[outcome]
    if deviations:
        tail_en = "but the set-up differs from the one claimed about, so no verdict is drawn: "
        tail_en += "; ".join(d.says.en for d in deviations) + "."
        tail_ko = "주장의 조건과 측정 조건이 달라 판정하지 않는다: "
        tail_ko += "; ".join(d.says.ko for d in deviations) + "."
    return Says(en=head_en + tail_en, ko=head_ko + tail_ko)


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
    failed = ", ".join(f"{g.gate} {g.value:.3g} (limit {g.limit:.3g})" for g in gates if not g.passed)
    return Says(
        en=f"Our run is not valid, which says nothing about the claim: {failed}.",
        ko=f"우리의 실행이 유효하지 않으며 주장과는 무관하다: {failed}.",
    )


def not_run(why: Says) -> Says:
    """Return why there is no run yet."""
    return Says(en=f"Not measured yet: {why.en}.", ko=f"아직 측정하지 않음: {why.ko}.")


def untestable(why: str) -> Says:
    """Return why nobody can test the claim."""
    return Says(en=f"Cannot be tested: {why}.", ko=f"검증할 수 없음: {why}.")
