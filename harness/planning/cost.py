"""What a run costs before it is made: from answers and servers measured before, else from what a GPU can do."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.errors import HarnessError
from harness.planning.fit import fit
from harness.planning.layout import fit_on
from harness.planning.roofline import most_tokens_per_second
from harness.records import Benchmark, Cluster, Cost, Layout, Model, PlannedRun, Protocol, Says, Throughput
from harness.verdicts.gates import MAX_TRUNCATED

EXPECTED_SHARE = (1 - MAX_TRUNCATED) / math.log(1 / MAX_TRUNCATED)
"""Of the cap that an answer takes on average, where none was measured: a cap that cuts no more answers than the
gate lets pass, 2 %, of lengths that spread as an exponential distribution, has a mean of a quarter of it."""
EFFICIENCY = 0.4
"""Of what its GPUs could do, what a server is taken to reach: for scheduling, talk between GPUs, reading prompts
and the last answers of a run, when few are under way. Assumed; the first run of the model replaces it."""
LEAST_EFFICIENCY = 0.2
"""The same at least, for the most that a run may cost."""
LIKELIHOOD = frozenset({"acc", "acc_norm"})
"""Metrics of lm-eval's tasks that weigh given choices: nothing is generated."""


@dataclass(frozen=True)
class Place:
    """Where a model is served: `layout` on GPUs of one kind, or on a processor."""

    gpu: str | None
    layout: Layout | None
    why: Says | None = None
    """Why there is no layout."""

    @property
    def gpus(self) -> int | None:
        """GPUs of one server; None where there is no server."""
        if self.why is not None:
            return None
        return self.layout.gpus if self.layout is not None else 0


@dataclass(frozen=True)
class Rate:
    """Generated tokens per second of one server."""

    expected: float
    least: float
    basis: Says


def place_of(model: Model, cluster: Cluster) -> Place:
    """Return how a model is served on a cluster: its layout there (`fit_on`), or why there is none."""
    if model.hosted is not None:
        return Place(cluster.gpu, None, Says(en="served by its maker only", ko="제작사만 제공함"))
    if cluster.gpu is None:
        return Place(None, None)
    found = fit_on(model, cluster)
    if found is None:
        return Place(cluster.gpu, None, Says(en="no layout: its sizes are unknown", ko="모델 크기를 알 수 없음"))
    layout = found.layout
    if layout is None:
        if found.fits is False:
            return Place(cluster.gpu, None, Says(en="does not fit", ko="메모리에 들어가지 않음"))
        sizes = ", ".join(found.unpublished)
        unpublished = Says(
            en=f"sizes not published: {sizes}", ko=f"공개되지 않은 크기 {len(found.unpublished)}가지"
        )
        return Place(cluster.gpu, None, unpublished)
    if cluster.nodes is not None and layout.nodes > cluster.nodes:
        en = f"needs {layout.nodes} nodes, {cluster.id} gives a server {cluster.nodes}"
        return Place(cluster.gpu, None, Says(en=en, ko=f"노드 {layout.nodes}개 필요, 최대 {cluster.nodes}개"))
    return Place(cluster.gpu, layout)


def cost_of(
    run: PlannedRun,
    model: Model,
    benchmark: Benchmark,
    protocol: Protocol,
    place: Place,
    table: Sequence[Throughput],
    in_flight: int,
) -> Cost:
    """Return what one run costs on its own server, with `in_flight` requests under way at most.

    `protocol` is the whole one; what it changes on the benchmark is looked up here. Seconds are those in which
    answers are under way: several runs at once on one server take as long as one after the other. What is not
    known is None, and `basis` says why.
    """
    at = Cost(gpus=place.gpus, nodes=_nodes(place), basis=[place.why] if place.why else [])
    items = run.items or benchmark.items
    if items is None or run.repeats is None:
        en, ko = "number of items unknown until they are at hand", "문항을 받기 전에는 수를 알 수 없음"
        return _with(at, Says(en=en, ko=ko))
    requests = items * run.repeats
    protocol = protocol.on(benchmark.id)
    at = at.model_copy(update={"requests": requests, "tokens_in": _prompts(run, requests, table)})
    if benchmark.score.metric in LIKELIHOOD:
        en, ko = "given choices are weighed, nothing is generated", "주어진 선택지의 우도만 계산하며 생성이 없음"
        return _with(at.model_copy(update={"tokens_out": 0, "tokens_out_most": 0}), Says(en=en, ko=ko))
    cap = cap_of(model, protocol)
    length, told = answer_length(run, _thinks(model, protocol), cap, table)
    expected, most = round(requests * length), requests * cap
    at = _with(at.model_copy(update={"tokens_out": expected, "tokens_out_most": most}), told)
    if place.gpus is None:
        return at
    at_once = min(in_flight, requests)
    # An answer that grows holds half of its length on average.
    rate = rate_of(model, place, table, at_once, math.ceil(length / 2))
    slowest = rate_of(model, place, table, at_once, math.ceil(cap / 2))
    if rate is None or slowest is None:
        en, ko = "no server of this model was measured here, and nothing to compute from", "측정된 속도가 없음"
        return _with(at, Says(en=en, ko=ko))
    seconds, longest = expected / rate.expected, most / slowest.least
    changes = {
        "seconds": seconds,
        "seconds_most": longest,
        "gpu_hours": seconds * place.gpus / 3600,
        "gpu_hours_most": longest * place.gpus / 3600,
    }
    return _with(at.model_copy(update=changes), rate.basis)


def total(costs: Iterable[Cost]) -> Cost:
    """Return several costs together; what is not known of one is left out, and `basis` says of how many."""
    costs = list(costs)
    sums = {name: _sum(costs, name) for name in (*_ADDED, "gpu_hours_most")}
    unknown = sum(cost.gpu_hours is None for cost in costs)
    told = Says(en=f"without {unknown} of {len(costs)} runs", ko=f"실행 {len(costs)}건 중 {unknown}건 제외")
    return Cost(**sums, basis=[told] if unknown else [])


_ADDED = ("requests", "tokens_in", "tokens_out", "tokens_out_most", "seconds", "seconds_most", "gpu_hours")


def _sum(costs: Sequence[Cost], name: str) -> float | None:
    known = [value for cost in costs if (value := getattr(cost, name)) is not None]
    return sum(known) if known else None


def cap_of(model: Model, protocol: Protocol) -> int:
    """Return the most tokens of one answer: the protocol's budget, with that for thoughts, within the context."""
    thoughts = protocol.thinking_tokens if _thinks(model, protocol) else 0
    return min(protocol.max_tokens + thoughts, model.context)


def answer_length(
    run: PlannedRun, thinks: bool | None, cap: int, table: Sequence[Throughput]
) -> tuple[float, Says]:
    """Return the tokens of an answer on average, and what that rests on; never more than `cap`."""
    parts = [part for line in table if line.model == run.model for part in line.answered if part.thinks == thinks]
    here = [part for part in parts if part.benchmark == run.benchmark]
    for found, on in ((here, run.benchmark), (parts, "other benchmarks")):
        answers, tokens = sum(p.answers for p in found), sum(p.tokens_out for p in found)
        if answers and tokens:
            mean = min(tokens / answers, cap)
            en = f"{mean:,.0f} tokens an answer: mean of {answers:,} of this model's on {on}"
            return mean, Says(en=en, ko=f"답변당 {mean:,.0f}토큰: 이 모델의 답변 {answers:,}개 평균 ({on})")
    mean = EXPECTED_SHARE * cap
    en = f"{mean:,.0f} tokens an answer: none measured, {EXPECTED_SHARE:.0%} of the cap of {cap:,} (were 2 % cut)"
    ko = f"답변당 {mean:,.0f}토큰: 상한 {cap:,}의 {EXPECTED_SHARE:.0%} (2 %가 잘린다고 가정, 측정값 없음)"
    return mean, Says(en=en, ko=ko)


def rate_of(model: Model, place: Place, table: Sequence[Throughput], in_flight: int, length: int) -> Rate | None:
    """Return how fast one server generates while requests hold `length` tokens each; None where nothing says so.

    Measured on the same GPUs and split; else measured otherwise and scaled by what the GPUs could do; else a share
    of what they could.
    """
    lines = [line for line in table if line.model == model.id and line.tokens_out]
    layout, gpu = place.layout, place.gpu
    if layout is None or gpu is None:
        return _measured([line for line in lines if line.device == "cpu"], 1, "a processor", "프로세서")
    split = (layout.tensor_parallel, layout.pipeline_parallel)
    words = f"{gpu}, TP{split[0]} PP{split[1]}"
    same = [line for line in lines if line.gpu == gpu and (line.tensor_parallel, line.pipeline_parallel) == split]
    if same:
        return _measured(same, layout.data_parallel, words, words)
    bound = most_tokens_per_second(model, gpu, layout, in_flight, length)
    if bound is None:
        return None
    scaled = [
        line.rate * bound / theirs for line in lines if (theirs := _bound_there(model, line, length)) is not None
    ]
    if scaled:
        en = f"measured on other GPUs or another split, scaled to {words} by what they could do at most"
        ko = f"다른 GPU 또는 분할에서 측정한 값을 {words}의 이론 상한 비율로 환산"
        return Rate(sum(scaled) / len(scaled), min(scaled) / 2, Says(en=en, ko=ko))
    rate = bound * EFFICIENCY
    told = Says(
        en=f"{rate:,.0f} tokens/s: none measured, {EFFICIENCY:.0%} of what {words} could at most",
        ko=f"초당 {rate:,.0f}토큰: 측정값 없음, {words} 이론 상한의 {EFFICIENCY:.0%}로 가정",
    )
    return Rate(rate, bound * LEAST_EFFICIENCY, told)


def _measured(lines: Sequence[Throughput], copies: int, words: str, ko: str) -> Rate | None:
    """Return the rate of alike servers: all their tokens over all their seconds; the slowest for the least."""
    if not lines:
        return None
    busy = sum(line.seconds * line.servers * line.data_parallel for line in lines)
    rate = copies * sum(line.tokens_out for line in lines) / busy
    told = Says(
        en=f"{rate:,.0f} tokens/s: measured on {words} in {len(lines)} finished runs",
        ko=f"초당 {rate:,.0f}토큰: {ko}에서 끝난 실행 {len(lines)}건의 측정값",
    )
    return Rate(rate, copies * min(line.rate for line in lines), told)


def _bound_there(model: Model, line: Throughput, length: int) -> float | None:
    """Return what one copy could do on the GPUs of a line of the table; None where that cannot be computed."""
    if line.gpu is None:
        return None
    try:
        found = fit(model, line.gpu, split=(line.tensor_parallel, line.pipeline_parallel))
    except HarnessError:
        return None
    if found.layout is None:
        return None
    each = max(1, round(line.in_flight / line.servers / line.data_parallel))
    return most_tokens_per_second(model, line.gpu, found.layout, each, length)


def _prompts(run: PlannedRun, requests: int, table: Sequence[Throughput]) -> int | None:
    """Return the tokens of all prompts, from those that any model was asked on this benchmark."""
    parts = [
        (part.tokens_in, part.answers, line.model == run.model)
        for line in table
        for part in line.answered
        if part.benchmark == run.benchmark and part.tokens_in is not None and part.answers
    ]
    own = [part for part in parts if part[2]] or parts
    return round(requests * sum(t for t, *_ in own) / sum(n for _, n, _ in own)) if own else None


def _thinks(model: Model, protocol: Protocol) -> bool | None:
    return None if model.thinking is None else model.thinking.happens(protocol.thinking)


def _nodes(place: Place) -> int | None:
    if place.why is not None:
        return None
    return place.layout.nodes if place.layout is not None else 1


def _with(cost: Cost, told: Says) -> Cost:
    return cost.model_copy(update={"basis": [*cost.basis, told]})
