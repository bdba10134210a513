"""What a statement about sizes, memory or arithmetic asks for, computed from a model's configuration."""

import math
from collections.abc import Callable, Collection, Mapping

from harness.claims.bounds import Bounds, claimed, distance
from harness.claims.findings import Attempt, show
from harness.errors import nearest
from harness.facts.arithmetic import attention_flops, linear_flops
from harness.facts.cache import kv_cache_bytes, tokens_seen, without_windows
from harness.facts.memory import GPUS, minimal_gpus, weights_bytes
from harness.facts.parameters import count, with_prediction_layers
from harness.facts.unpublished import UnpublishedError
from harness.records import Architecture, Claim, Reading, Says
from harness.records.architecture import Dtype, StateSpace

SHORTEST, STEPS = 1024, 400
"""Contexts tried where a source names none: from here to the model's longest, in even ratios."""

Architectures = Mapping[str, Architecture]


class UnknownQuantityError(ValueError):
    """The statement names a quantity that nothing here computes."""


def attempts(claim: Claim, architectures: Architectures) -> list[Attempt]:
    """Return every way to read a statement, computed; empty where no configuration says anything on it.

    Raises UnpublishedError where a size is missing and UnknownQuantityError for a reading nothing computes.
    """
    architecture = architectures.get(claim.model)
    if architecture is None:
        return []
    if claim.readings:
        return [a for reading in claim.readings for a in _at(claim, reading, architecture, architectures)]
    computed = SIZES.get(claim.quantity or "")
    return computed(architecture) if computed else []


def problem_with(reading: Reading, models: Collection[str]) -> tuple[str, str] | None:
    """Return what is wrong with a reading and what would be right, or None."""
    known = ["gpus", "weights_gigabytes", "routed_experts"]
    known += [f"{name}_{form}" for name in _COMPARED for form in ("share", "reduction")]
    if reading.quantity not in known:
        return f"no reading {reading.quantity!r}", nearest(reading.quantity, known)
    if reading.against not in (None, "without_windows", *models):
        return f"no baseline {reading.against!r}", nearest(reading.against or "", ["without_windows", *models])
    if reading.quantity.rpartition("_")[0] in _COMPARED and reading.against is None:
        return "no baseline", "add `against: without_windows`, or a model"
    if reading.quantity == "gpus" and reading.gpu in GPUS and reading.dtype is None:
        return "no dtype", "add `dtype: bfloat16`"
    if reading.quantity == "gpus" and reading.gpu not in GPUS:
        return f"no GPU {reading.gpu!r}", nearest(reading.gpu or "", GPUS)
    if reading.quantity == "weights_gigabytes" and reading.dtype is None:
        return "no dtype", "add `dtype: bfloat16`"
    return None


_ALL = Says(en="all weights", ko="모든 가중치")
_WITH_MTP = Says(en="with the prediction layer", ko="예측 층 포함")
_NO_TABLES = Says(en="without table and head", ko="입력 표와 출력층 제외")
_NO_LABEL = Says.same("")


def _exact(value: float, label: Says, arithmetic: str) -> Attempt:
    return Attempt(label, (value, value), arithmetic)


def _total(architecture: Architecture) -> list[Attempt]:
    try:
        total = count(architecture).total
    except UnpublishedError:
        counted = architecture.counted
        if counted is None or counted.parameters_total is None:
            raise
        words = f"{counted.parameters_total:,} counted by {counted.source}"
        return [
            _exact(
                counted.parameters_total,
                Says(en="as the maker counts the checkpoint", ko="제작사가 센 체크포인트"),
                words,
            )
        ]
    found = [_exact(total, _ALL, f"all weights: {total:,}")]
    if architecture.mtp_layers:
        low, high = with_prediction_layers(architecture)
        words = f"with the prediction layer: {show((low, high))}"
        found.append(Attempt(_WITH_MTP, (low, high), words))
    return found


def _with_mtp(architecture: Architecture) -> list[Attempt]:
    return [a for a in _total(architecture) if a.label == _WITH_MTP]


def _active(architecture: Architecture) -> list[Attempt]:
    found = count(architecture)
    return [
        _exact(
            found.active,
            Says(en="with both embeddings", ko="두 임베딩 포함"),
            f"with both embeddings: {found.active:,}",
        ),
        _exact(
            found.active_without_input_embedding,
            Says(en="without the input table", ko="입력 표 제외"),
            f"without the input table: {found.active_without_input_embedding:,}",
        ),
        _exact(
            found.active_without_embeddings,
            _NO_TABLES,
            f"without table and head: {found.active_without_embeddings:,}",
        ),
    ]


def _without_embeddings(architecture: Architecture) -> list[Attempt]:
    try:
        found = count(architecture)
        value = found.total_without_embeddings
        words = f"{found.total:,} − {found.embedding:,} − {found.output:,} = {value:,}"
    except UnpublishedError:
        counted = architecture.counted.parameters_total if architecture.counted else None
        if counted is None or architecture.vocab_size is None or architecture.hidden_size is None:
            raise
        table = architecture.vocab_size * architecture.hidden_size
        value = counted - (1 if architecture.tied_embeddings else 2) * table
        words = f"{counted:,} counted − 2 × {architecture.vocab_size:,} × {architecture.hidden_size:,} = {value:,}"
    return [_exact(value, _NO_TABLES, words)]


def _sizes(name: str, pick: Callable[[Architecture], list[int | None]]) -> Callable[[Architecture], list[Attempt]]:
    def computed(architecture: Architecture) -> list[Attempt]:
        values = sorted({v for v in pick(architecture) if v})
        return [_exact(v, _NO_LABEL, f"{name} {v:,} in the configuration") for v in values]

    return computed


def _windows(architecture: Architecture) -> list[int | None]:
    windows = [getattr(m, "window", None) for m in architecture.mixers.values()]
    return [w for w in windows if isinstance(w, int)]


def _sliding_per_global(architecture: Architecture) -> list[Attempt]:
    layers = {True: 0, False: 0}
    for group in architecture.layers:
        mixer = architecture.mixers[group.mixer]
        layers[not isinstance(mixer, StateSpace) and mixer.window is not None] += group.count
    if not layers[False]:
        return []
    words = f"{layers[True]} sliding-window layers / {layers[False]} global layers"
    return [_exact(layers[True] / layers[False], _NO_LABEL, words)]


SIZES: Mapping[str, Callable[[Architecture], list[Attempt]]] = {
    "parameters_total": _total,
    "parameters_total_with_mtp": _with_mtp,
    "parameters_mtp": _sizes("prediction layers", lambda a: [a.mtp_parameters]),
    "parameters_active": _active,
    "parameters_without_embeddings": _without_embeddings,
    "routed_experts": _sizes("routed experts", lambda a: [f.experts for f in a.feed_forwards.values()]),
    "active_experts": _sizes("routed experts per token", lambda a: [f.active for f in a.feed_forwards.values()]),
    "shared_experts": _sizes(
        "shared experts",
        lambda a: [
            (f.shared_intermediate or 0) // f.intermediate
            for f in a.feed_forwards.values()
            if f.experts and f.intermediate
        ],
    ),
    "dense_intermediate": _sizes(
        "feed-forward size", lambda a: [f.intermediate for f in a.feed_forwards.values() if not f.experts]
    ),
    "vocabulary": _sizes("vocabulary", lambda a: [a.vocab_size]),
    "context": _sizes("context", lambda a: [a.context]),
    "window": _sizes("window", _windows),
    "sliding_per_global": _sliding_per_global,
}
"""Quantities that a configuration answers by itself."""


def _at(claim: Claim, reading: Reading, architecture: Architecture, architectures: Architectures) -> list[Attempt]:
    """Return the reading; where the context is left open, at the ones that suit the statement best and worst.

    A statement that names no context holds only when both agree: at one context of our choice anything fits.
    """
    if reading.context is not None or reading.quantity.rpartition("_")[0] not in _COMPARED:
        return [_read(reading, architecture, architectures)]
    if claim.printed is None:
        return [_read(reading, architecture, architectures)]
    span = math.log(architecture.context / SHORTEST)
    contexts = {round(SHORTEST * math.exp(span * step / STEPS)) for step in range(STEPS + 1)}
    found = [
        _read(reading.model_copy(update={"context": context}), architecture, architectures)
        for context in sorted(contexts, reverse=True)
    ]
    wanted, exact = claimed(claim), (claim.number, claim.number)

    def gap(attempt: Attempt) -> tuple[float, float]:
        return distance(attempt.bounds, wanted), distance(attempt.bounds, exact)

    return [min(found, key=gap), max(found, key=gap)]


def _read(reading: Reading, architecture: Architecture, architectures: Architectures) -> Attempt:
    base, _, form = reading.quantity.rpartition("_")
    if form in ("share", "reduction") and base in _COMPARED:
        return _compared(reading, base, form, architecture, architectures)
    match reading.quantity:
        case "gpus":
            return _gpus(reading, architecture)
        case "weights_gigabytes":
            size = weights_bytes(architecture, _dtype(reading))
            dtype = Says(en=f"in {reading.dtype}", ko=f"{reading.dtype}")
            return _exact(size / 1e9, dtype, f"{size:,} bytes of weights in {reading.dtype}")
        case "routed_experts":
            experts = max(f.experts for f in architecture.feed_forwards.values())
            return _exact(experts, _NO_LABEL, f"{experts} routed experts in the configuration")
    raise UnknownQuantityError(f"no way to compute {reading.quantity!r}")


def _gpus(reading: Reading, architecture: Architecture) -> Attempt:
    number = minimal_gpus(architecture, reading.gpu or "", _dtype(reading), reading.context or 1)
    size = weights_bytes(architecture, _dtype(reading))
    label = Says(en=f"{reading.gpu} in {reading.dtype}", ko=f"{reading.gpu}, {reading.dtype}")
    words = f"{size / 1e9:,.0f} GB of weights in {reading.dtype} need {number} × {reading.gpu}"
    return _exact(number, label, words)


def _dtype(reading: Reading) -> Dtype:
    if reading.dtype is None:
        raise UnknownQuantityError("the reading names no dtype")
    return reading.dtype


def _all_flops(architecture: Architecture, context: int) -> int:
    return attention_flops(architecture, context) + linear_flops(architecture)


def _cached_tokens(architecture: Architecture, context: int) -> int:
    """Tokens held, summed over layers: a share of the cache where every layer holds the same bytes per token."""
    return sum(
        group.count * tokens_seen(architecture.mixers[group.mixer], context, f"mixers.{group.mixer}")
        for group in architecture.layers
    )


_COMPARED: Mapping[str, tuple[Callable[[Architecture, int], int], Says]] = {
    "kv_cache": (kv_cache_bytes, Says(en="cache bytes", ko="캐시 바이트")),
    "attention_flops": (attention_flops, Says(en="attention operations", ko="어텐션 연산")),
    "all_flops": (_all_flops, Says(en="all operations", ko="모든 연산")),
    "cached_tokens": (_cached_tokens, Says(en="cached tokens over all layers", ko="모든 층의 캐시 토큰")),
}
_SEEING_ALL = Says(en="every layer seeing all", ko="모든 층이 전체를 볼 때")


def _compared(
    reading: Reading, base: str, form: str, architecture: Architecture, architectures: Architectures
) -> Attempt:
    """Compare with the same model without windows, or with another model, in percent."""
    compute, words = _COMPARED[base]
    context = reading.context or architecture.context
    if reading.against == "without_windows":
        other, name = without_windows(architecture), _SEEING_ALL
    else:
        found = architectures.get(reading.against or "")
        if found is None:
            raise UnknownQuantityError(f"no configuration of {reading.against!r}")
        other, name = found, Says.same(reading.against or "")
    if reading.window is not None:
        architecture = _with_window(architecture, reading.window)
    ours, theirs = compute(architecture, context), compute(other, context)
    share = 100 * ours / theirs
    value = share if form == "share" else 100 - share
    at = f" with windows of {reading.window:,}" if reading.window is not None else ""
    at_ko = f", 창 {reading.window:,}" if reading.window is not None else ""
    label = Says(
        en=f"{words.en} at {context:,} tokens{at} against {name.en}",
        ko=f"{context:,}토큰의 {words.ko}{at_ko}, {name.ko} 대비",
    )
    arithmetic = f"{words.en} at {context:,} tokens{at}: {ours:,} / {theirs:,} = {share:.4g} % of {name.en}"
    bounds: Bounds = (value, value)
    return Attempt(label, bounds, arithmetic)


def _with_window(architecture: Architecture, window: int) -> Architecture:
    """Return the architecture with an unpublished window taken as `window` tokens."""
    mixers = {
        name: mixer.model_copy(update={"window": window})
        if getattr(mixer, "window", None) == "unpublished"
        else mixer
        for name, mixer in architecture.mixers.items()
    }
    return architecture.model_copy(update={"mixers": mixers})
