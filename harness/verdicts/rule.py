"""The decision rule, version 1.0 (docs/verdicts.md says it in words)."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from harness.records import (
    Benchmark,
    Claim,
    Gate,
    Manifest,
    Measurement,
    Outcome,
    Sample,
    Says,
    Verdict,
    item_id,
)
from harness.statistics.equivalence import MDE80_FACTOR, Equivalence, classify, tipping_delta
from harness.statistics.intervals import around, quantile
from harness.statistics.noise import source_error
from harness.statistics.selection import evenly_spaced
from harness.verdicts import gates as gate_checks
from harness.verdicts import measurement as measurements
from harness.verdicts import reasons

RULE = "1.0"
_OUTCOME: Mapping[Equivalence, Literal["reproduced", "contradicted", "undecided"]] = {
    "inside": "reproduced",
    "outside": "contradicted",
    "open": "undecided",
}


@dataclass(frozen=True)
class RunEvidence:
    """One run of the claim's model on the claim's benchmark."""

    manifest: Manifest
    samples: Sequence[Sample]
    folder: str


@dataclass(frozen=True)
class SizeEvidence:
    """A checkpoint's number of parameters, counted from its own tensors."""

    parameters: int
    origin: str


@dataclass(frozen=True)
class Context:
    """What a verdict needs to know besides the claim and the evidence."""

    benchmark: Benchmark | None = None
    why_not_run: Says = field(default_factory=lambda: Says(en="no run", ko="실행 없음"))
    how_to_run: str = ""
    code: str = ""


def decide(claim: Claim, runs: Sequence[RunEvidence], size: SizeEvidence | None, context: Context) -> Verdict:
    """Return the verdict on one claim; the same input always gives the same verdict.

    Raises ValueError when a run holds scores that cannot be (outside [0, 1], one repeat only counts as no
    valid run instead).
    """
    if "measured" not in claim.lanes:
        why = reasons.untestable(claim.untestable) if claim.untestable else reasons.ON_PAPER
        following = "nothing: closed" if claim.untestable else "harness check"
        return _plain(claim, context, "not_testable", why, following)
    if claim.kind == "structure" and claim.value is not None:
        return _decide_size(claim, size, context)
    if claim.kind != "score":
        why = Says(en=f"no rule for claims of kind {claim.kind}", ko=f"{claim.kind} 유형의 판정 규칙이 없음")
        return _plain(claim, context, "not_measured", reasons.not_run(why), context.how_to_run)
    if not runs or (claim.metric is not None and claim.metric not in _metrics(context)):
        text = reasons.not_run(context.why_not_run)
        return _plain(claim, context, "not_measured", text, context.how_to_run)
    verdicts = [_decide_score(claim, run, context) for run in runs]
    return _combine(verdicts)


def _combine(verdicts: Sequence[Verdict]) -> Verdict:
    """Return one verdict from one per run: the best run of each protocol speaks, then protocols are compared."""
    order: list[Outcome] = ["reproduced", "contradicted", "undecided", "not_measured"]
    newest_first = sorted(verdicts, key=lambda v: v.newest or "", reverse=True)
    ranked = sorted(
        newest_first,
        key=lambda v: (v.verdict == "not_measured", len(v.deviations), -(v.n or 0) * (v.repeats or 0)),
    )
    per_protocol: dict[str | None, Verdict] = {}
    for verdict in ranked:
        per_protocol.setdefault(verdict.protocol, verdict)
    valid = [v for v in per_protocol.values() if v.verdict != "not_measured"]
    if not valid:
        return ranked[0]
    outcomes = {v.verdict for v in valid}
    if {"reproduced", "contradicted"} <= outcomes:
        names = ", ".join(f"{v.protocol}: {v.verdict}" for v in valid)
        says = Says(en=f"Depends on the protocol ({names}).", ko=f"프로토콜에 따라 다르다 ({names}).")
        return valid[0].model_copy(update={"verdict": "protocol_dependent", "reasons": says})
    if outcomes == {"contradicted", "undecided"}:
        return next(v for v in valid if v.verdict == "undecided")
    return min(valid, key=lambda v: order.index(v.verdict))


def _decide_score(claim: Claim, run: RunEvidence, context: Context) -> Verdict:
    benchmark = context.benchmark
    if benchmark is None:
        raise ValueError(f"{claim.id}: a score needs its benchmark record")
    identity = run.manifest.identity
    total = run.manifest.benchmark_items
    items = [item_id(identity.task, i) for i in evenly_spaced(total, claim.items)]
    wanted = set(items)
    samples = [s for s in run.samples if s.item in wanted]
    repeats = _whole_repeats(samples, items)
    expected = [(item, repeat) for item in items for repeat in range(max(repeats, 1))]
    asked = set(expected)
    samples = [s for s in samples if s.key in asked]
    cap = claim.protocol.known.get("max_tokens")
    cap_known = isinstance(cap, int) and cap <= identity.max_tokens
    found = gate_checks.check(samples, expected, cap_known=cap_known)
    failed = [gate for gate in found if not gate.passed]
    if repeats < 2:
        failed.append(Gate(gate="repeats", value=repeats, limit=2, passed=False))
        found = [*found, failed[-1]]
    if failed:
        verdict = _plain(claim, context, "not_measured", reasons.invalid(failed), context.how_to_run)
        return verdict.model_copy(
            update={"gates": found, "evidence": [run.folder], "protocol": run.manifest.protocol}
        )
    metric = benchmark.metrics[claim.metric] if claim.metric else benchmark.score.metric
    if not any(metric in s.scores for s in samples):
        why = Says(en=f'the task does not report "{metric}"', ko=f"과제가 ‘{metric}’ 지표를 내지 않음")
        return _plain(claim, context, "not_measured", reasons.not_run(why), "a task that reports it")
    noise = measurements.noise_of(samples, metric, items, repeats)
    scale = 100.0 if claim.unit == "percent" else 1.0
    measured = measurements.measure(claim, run.manifest, samples, noise, scale)
    stated = claim.repeats if measurements.same_decoding(claim, run.manifest) else None
    theirs = source_error(min(max(claim.number / scale, 0.0), 1.0), len(items), stated, noise) * scale
    low, high = benchmark.score.range
    default_delta = 0.01 * (high - low) * scale
    delta = float(claim.delta) if claim.delta is not None else default_delta
    return _verdict(
        claim, measured, theirs, delta, found, context, evidence=[run.folder], protocol=run.manifest.protocol
    )


def _verdict(
    claim: Claim,
    measured: Measurement,
    theirs: float,
    delta: float,
    found: list[Gate],
    context: Context,
    *,
    evidence: list[str],
    protocol: str,
) -> Verdict:
    """Return the verdict on a noisy number; `theirs` is the source's own standard error."""
    difference = measured.value - claim.number
    error = math.hypot(measured.run_error, theirs)
    rounding = claim.rounding

    def outcome_at(margin: float) -> Literal["reproduced", "contradicted", "undecided"]:
        if measured.deviations:
            return "undecided"
        outcome = _OUTCOME[classify(difference, error, margin, rounding)]
        second_hand = claim.source.read == "second_hand" and outcome == "contradicted"
        return "undecided" if second_hand else outcome

    outcome = outcome_at(delta)
    gap90 = around(difference, error, 0.90, rounding)
    return Verdict(
        claim=claim.id,
        lane="measured",
        verdict=outcome,
        claimed=claim.value,
        unit=claim.unit,
        measured=round(measured.value, 6),
        item_interval95=_rounded(measured.item_interval95),
        n=measured.n,
        repeats=measured.repeats,
        difference=round(difference, 6),
        interval90=_rounded(gap90),
        interval95=_rounded(around(difference, error, 0.95, rounding)),
        delta=delta,
        at={f"{factor * delta:g}": outcome_at(factor * delta) for factor in (2, 3)},
        tipping_delta=round(tipping_delta(difference, error, rounding), 6),
        mde80=round(MDE80_FACTOR * error, 6),
        deviations=measured.deviations,
        gates=found,
        reasons=reasons.measured(claim, measured, outcome, delta, gap90, measured.deviations),
        next=_next_step(claim, measured, theirs, delta, difference, outcome),
        evidence=evidence,
        protocol=protocol,
        newest=measured.newest,
        rule=RULE,
        code=context.code,
    )


def _next_step(
    claim: Claim, measured: Measurement, theirs: float, delta: float, difference: float, outcome: Outcome
) -> str:
    """Return what would decide an undecided claim, or that nothing would."""
    if outcome != "undecided":
        return "nothing: the claim is decided at this margin"
    if measured.deviations:
        return "a run without the deviations: " + ", ".join(d.field for d in measured.deviations)
    if claim.source.read == "second_hand":
        return "the maker's own words: a source known second-hand is never contradicted"
    level = 0.90 if abs(difference) < delta else 0.95
    room = abs(delta - abs(difference)) - claim.rounding
    if room <= 0 or quantile(level) * theirs >= room:
        return "cannot be decided at this margin: the source's own noise is larger than what is left of it"
    error = math.sqrt((room / quantile(level)) ** 2 - theirs**2)
    needed = math.ceil(measured.repeats * (measured.run_error / error) ** 2)
    return f"{max(needed - measured.repeats, 1)} more repeats of each item would decide it"


def _decide_size(claim: Claim, size: SizeEvidence | None, context: Context) -> Verdict:
    if size is None or claim.quantity != "parameters_total":
        text = reasons.not_run(context.why_not_run)
        return _plain(claim, context, "not_measured", text, context.how_to_run)
    difference = size.parameters - claim.number
    delta = float(claim.delta) if claim.delta is not None else 0.02 * claim.number

    def outcome_at(margin: float) -> Literal["reproduced", "contradicted", "undecided"]:
        return _OUTCOME[classify(difference, 0.0, margin, claim.rounding)]

    outcome = outcome_at(delta)
    gap = around(difference, 0.0, 0.90, claim.rounding)
    return Verdict(
        claim=claim.id,
        lane="measured",
        verdict=outcome,
        claimed=claim.value,
        unit=claim.unit,
        measured=size.parameters,
        difference=difference,
        interval90=gap,
        interval95=gap,
        delta=delta,
        at={f"{factor * delta:g}": outcome_at(factor * delta) for factor in (2, 3)},
        tipping_delta=tipping_delta(difference, 0.0, claim.rounding),
        reasons=reasons.exact(claim, size.parameters, outcome),
        next="nothing: a count has no noise",
        evidence=[size.origin],
        rule=RULE,
        code=context.code,
    )


def _metrics(context: Context) -> Mapping[str, str]:
    return context.benchmark.metrics if context.benchmark is not None else {}


def _whole_repeats(samples: Sequence[Sample], items: Sequence[str]) -> int:
    """Return how many repeats, from the first, have an answer for every item; a run may be under way."""
    answered = Counter(s.repeat for s in samples)
    repeats = 0
    while answered[repeats] == len(items):
        repeats += 1
    return repeats


def _plain(claim: Claim, context: Context, outcome: Outcome, text: Says, following: str) -> Verdict:
    return Verdict(
        claim=claim.id,
        lane="measured",
        verdict=outcome,
        claimed=claim.value,
        unit=claim.unit,
        reasons=text,
        next=following,
        rule=RULE,
        code=context.code,
    )


def _rounded(interval: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if interval is None else (round(interval[0], 6), round(interval[1], 6))
