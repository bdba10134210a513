"""The decision rule (docs/verdicts.md says it in words): terms and evidence in, verdict out."""

import math
from collections.abc import Mapping
from typing import Literal

from harness.records import Deviation, Interval, Outcome, Says, Terms, Verdict
from harness.statistics.equivalence import (
    FIXED,
    Alphas,
    Equivalence,
    classify,
    p_inside,
    p_outside,
    tipping_delta,
)
from harness.statistics.power import mde80
from harness.statistics.sequential import alphas_at
from harness.verdicts import gates, reasons
from harness.verdicts.evidence import Evidence
from harness.verdicts.following import DECIDED, following, mended
from harness.verdicts.measurement import Distance, Measurement, margin, measure

RULE = "2.0"
Decision = Literal["reproduced", "contradicted", "undecided"]
DECISION: Mapping[Equivalence, Decision] = {
    "inside": "reproduced",
    "outside": "contradicted",
    "open": "undecided",
}


def judge(terms: Terms, evidence: Evidence, code: str = "") -> Verdict:
    """Return the verdict on one claim under one protocol; the same input always gives the same verdict.

    Raises ValueError as `measure` does, when the answers cannot show what is claimed.
    """
    terms = terms.model_copy(update={"deviations": [*terms.deviations, *_other_items(terms, evidence)]})
    delta = margin(terms)
    found = gates.check(terms, evidence, delta)
    base = Verdict(
        claim=terms.id,
        lane="measured",
        verdict="not_measured",
        claimed=terms.value,
        unit=terms.unit,
        delta=delta,
        deviations=terms.deviations,
        gates=found,
        reasons=[],
        next=DECIDED,
        evidence=list(evidence.folders),
        protocol=evidence.protocol or None,
        newest=evidence.newest,
        rule=RULE,
        code=code,
    )
    failed = [gate for gate in found if not gate.passed]
    if failed:
        return base.model_copy(update={"reasons": [reasons.invalid(failed)], "next": mended(failed)})
    measurement = measure(terms, evidence)
    alphas = alphas_at(terms.looks, measurement.repeats)
    outcome = _capped(terms, _decision(measurement, delta, alphas))
    step, more_repeats = following(terms, measurement, outcome, delta, alphas)
    update: dict[str, object] = {
        "verdict": outcome,
        "measured": _rounded(measurement.value),
        "n": measurement.n,
        "repeats": measurement.repeats,
        "item_interval95": _ends(measurement.item_interval95),
        "reasons": reasons.measured(terms, measurement, delta, alphas),
        "next": step,
        "more_repeats": more_repeats,
    }
    if measurement.place is not None:
        update |= {
            "probability": None if measurement.probability is None else _rounded(measurement.probability),
            "p_reproduced": _rounded(measurement.place.p_holds),
            "p_contradicted": _rounded(measurement.place.p_fails),
        }
    if measurement.distance is not None:
        update |= _numbers(terms, measurement.distance, delta, alphas)
    return base.model_copy(update=update)


def _other_items(terms: Terms, evidence: Evidence) -> list[Deviation]:
    """Return the deviation of more items than the source measured: another set; fewer fail the coverage gate."""
    if terms.n is None or len(evidence.ours) != 1 or evidence.table.n <= terms.n:
        return []
    n = evidence.table.n
    says = Says(
        en=f"{n:,} items here, {terms.n:,} in the source", ko=f"여기서는 {n:,}문항, 출처는 {terms.n:,}문항"
    )
    return [Deviation(field="items", value=str(n), says=says)]


def _numbers(terms: Terms, distance: Distance, delta: float, alphas: Alphas) -> dict[str, object]:
    """Return everything a reader needs to recompute the decision, in the unit of the claim.

    p-values are scaled so that 5 % and 2.5 % decide at an early look too, whose own alphas are smaller.
    """
    estimate, scale, widen = distance.estimate, distance.scale, distance.widen
    region = distance.region(delta)
    wider = {f"{factor * delta:g}": factor * delta for factor in (2, 3)} if delta > 0 else {}
    p_holds = p_inside(estimate, region, widen) * FIXED.inside / alphas.inside
    p_fails = p_outside(estimate, region, widen) * FIXED.outside / alphas.outside
    return {
        "difference": _rounded(float(estimate.point) * scale),
        "error": _finite(float(estimate.error) * scale),
        "interval90": _interval(distance, 0.90),
        "interval95": _interval(distance, 0.95),
        "at": {name: _capped(terms, _at(distance, at, alphas)) for name, at in wider.items()},
        "tipping_delta": _finite(tipping_delta(estimate, region, widen) * scale),
        "mde80": _finite(mde80(float(estimate.error)) * scale),
        "p_reproduced": _rounded(min(p_holds, 1.0)),
        "p_contradicted": _rounded(min(p_fails, 1.0)),
    }


def _decision(measurement: Measurement, delta: float, alphas: Alphas) -> Decision:
    """Return what the numbers say by themselves."""
    if measurement.distance is not None:
        return _at(measurement.distance, delta, alphas)
    if measurement.place is not None and measurement.place.p_holds <= alphas.inside:
        return "reproduced"
    if measurement.place is not None and measurement.place.p_fails <= alphas.outside:
        return "contradicted"
    return "undecided"


def _at(distance: Distance, delta: float, alphas: Alphas) -> Decision:
    return DECISION[classify(distance.estimate, distance.region(delta), distance.widen, alphas)]


def _capped(terms: Terms, decision: Decision) -> Outcome:
    """Return the decision as far as it may be drawn: not on another set-up, nor against a reported saying."""
    if terms.deviations or (terms.read == "second_hand" and decision == "contradicted"):
        return "undecided"
    return decision


def _interval(distance: Distance, level: float) -> Interval | None:
    """Return the difference's interval, widened by rounding, in the unit of the claim; None without bounds."""
    low, high = (float(end) for end in distance.estimate.interval(level))
    return _ends(((low - distance.widen) * distance.scale, (high + distance.widen) * distance.scale))


def _ends(interval: Interval | None) -> Interval | None:
    if interval is None or math.isinf(interval[0]) or math.isinf(interval[1]):
        return None
    return _rounded(interval[0]), _rounded(interval[1])


def _finite(value: float) -> float | None:
    return None if math.isinf(value) else _rounded(value)


def _rounded(value: float) -> float:
    """Return the value without the digits that depend on the order of summation."""
    return round(value, 6)
