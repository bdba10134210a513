"""A claim of the ledger against the runs of the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from harness.records import Benchmark, Claim, DecidedKind, Outcome, Says, Verdict
from harness.statistics.averages import Gap
from harness.statistics.equivalence import Region, classify, tipping_delta
from harness.verdicts import reasons
from harness.verdicts.evidence import Evidence
from harness.verdicts.judge import DECISION, RULE, judge
from harness.verdicts.protocols import Judged, combine
from harness.verdicts.runs import RunEvidence, in_mode, table_of, terms_for_run

RunsByModel = Mapping[str, Sequence[RunEvidence]]
"""Runs on the claim's benchmark, of its model and of its comparators."""
NOTHING = Says(en="nothing: it cannot be tested", ko="없음(검증할 수 없음)")
NO_NOISE = Says(en="nothing: a count has no noise", ko="없음(개수에는 오차가 없음)")
_UNMEASURED: frozenset[str] = frozenset({"average", "exam_grade", "latency"})
"""Kinds that `harness decide` decides from files; the ledger does not yet say which runs they need."""


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
    how_to_run: Says = field(default_factory=lambda: Says.same("harness run"))
    code: str = ""


def decide(claim: Claim, runs: RunsByModel, size: SizeEvidence | None, context: Context) -> Verdict:
    """Return the verdict on one claim; the same input always gives the same verdict."""
    if "measured" not in claim.lanes:
        why = reasons.untestable(claim.untestable) if claim.untestable else reasons.ON_PAPER
        following = NOTHING if claim.untestable else Says.same("harness check")
        return _plain(claim, context, "not_testable", why, following)
    if claim.kind == "structure" and claim.value is not None:
        return _decide_size(claim, size, context)
    if claim.kind in _UNMEASURED:
        why = Says(
            en=f"the ledger does not say which runs a claim of kind {claim.kind} needs",
            ko=f"{claim.kind} 유형에 필요한 실행이 목록에 아직 없음",
        )
        return _not_run(claim, context, why)
    if claim.kind not in get_args(DecidedKind):
        why = Says(en=f"no rule for claims of kind {claim.kind}", ko=f"{claim.kind} 유형의 판정 규칙이 없음")
        return _not_run(claim, context, why)
    ours = [run for run in runs.get(claim.model, ()) if in_mode(claim, run)]
    if context.benchmark is None or not ours:
        return _not_run(claim, context, context.why_not_run)
    if claim.metric is not None and claim.metric not in context.benchmark.metrics:
        return _not_run(claim, context, context.why_not_run)
    verdicts = [
        Judged(_judge(claim, run, runs, context.benchmark, context), run.manifest.identity.model_dump(mode="json"))
        for run in ours
    ]
    return combine(_one_per_protocol(verdicts))


def _one_per_protocol(judged: Sequence[Judged]) -> list[Judged]:
    """Return the best run of each protocol: valid, fewest deviations, most answers, newest, in this order."""
    newest_first = sorted(judged, key=lambda each: each.verdict.newest or "", reverse=True)

    def rank(each: Judged) -> tuple[bool, int, int]:
        verdict = each.verdict
        answers = (verdict.n or 0) * (verdict.repeats or 0)
        return verdict.verdict == "not_measured", len(verdict.deviations), -answers

    best: dict[str, Judged] = {}
    for each in sorted(newest_first, key=rank):
        best.setdefault(each.name, each)
    return list(best.values())


def _family(protocol: str) -> str:
    """Return what the protocols of a comparison have in common: each model's own maker's are of one family."""
    return "maker" if protocol.startswith("maker/") else protocol


def _judge(claim: Claim, run: RunEvidence, runs: RunsByModel, benchmark: Benchmark, context: Context) -> Verdict:
    """Return the verdict under one run's protocol; what stands in the way of one is said, not raised."""
    protocol = run.manifest.protocol
    beside = [
        next((r for r in runs.get(name, ()) if _family(r.manifest.protocol) == _family(protocol)), None)
        for name in (claim.comparators if claim.kind in ("exceeds", "ratio", "rank") else [])
    ]
    comparators = [r for r in beside if r is not None]
    if len(comparators) < len(beside):
        missing = ", ".join(name for name, r in zip(claim.comparators, beside, strict=True) if r is None)
        why = Says(en=f"no run of {missing} under {protocol}", ko=f"{protocol} 조건의 {missing} 실행 없음")
        return _not_run(claim, context, why).model_copy(update={"protocol": protocol})
    try:
        evidence = Evidence(
            ours=[table_of(claim, benchmark, run)],
            comparators=[table_of(claim, benchmark, r) for r in comparators],
            protocol=protocol,
            folders=[run.folder, *(r.folder for r in comparators)],
            newest=max(filter(None, (r.newest for r in [run, *comparators])), default=None),
        )
        verdict = judge(terms_for_run(claim, benchmark, run), evidence, context.code)
    except ValueError as error:
        why = Says(en=f"the answers cannot show it ({error})", ko="답변으로는 알 수 없음")
        return _not_run(claim, context, why).model_copy(update={"protocol": protocol})
    if verdict.verdict == "not_measured":
        return verdict.model_copy(update={"next": context.how_to_run})
    return verdict


def _decide_size(claim: Claim, size: SizeEvidence | None, context: Context) -> Verdict:
    if size is None or claim.quantity != "parameters_total":
        return _not_run(claim, context, context.why_not_run)
    gap = Gap(size.parameters - claim.number, 0.0)
    delta = float(claim.delta) if claim.delta is not None else 0.02 * claim.number

    def outcome_at(margin: float) -> Outcome:
        return DECISION[classify(gap, Region(-margin, margin), claim.rounding)]

    outcome = outcome_at(delta)
    interval = gap.point - claim.rounding, gap.point + claim.rounding
    return _plain(claim, context, outcome, reasons.exact(claim, size.parameters, outcome), NO_NOISE).model_copy(
        update={
            "measured": size.parameters,
            "difference": gap.point,
            "interval90": interval,
            "interval95": interval,
            "delta": delta,
            "at": {f"{factor * delta:g}": outcome_at(factor * delta) for factor in (2, 3)},
            "tipping_delta": tipping_delta(gap, Region(-delta, delta), claim.rounding),
            "evidence": [size.origin],
        }
    )


def _not_run(claim: Claim, context: Context, why: Says) -> Verdict:
    return _plain(claim, context, "not_measured", reasons.not_run(why), context.how_to_run)


def _plain(claim: Claim, context: Context, outcome: Outcome, text: Says, following: Says) -> Verdict:
    return Verdict(
        claim=claim.id,
        lane="measured",
        verdict=outcome,
        claimed=claim.value,
        unit=claim.unit,
        reasons=[text],
        next=following,
        rule=RULE,
        code=context.code,
    )
