"""All facts about one model in one record."""

from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from harness.errors import UsageError, nearest
from harness.facts.arithmetic import attention_flops, linear_flops
from harness.facts.cache import kv_bytes_per_token, kv_cache_bytes, state_bytes
from harness.facts.memory import DTYPES, GPUS, minimal_gpus, weights_bytes
from harness.facts.parameters import COUNTING, count
from harness.facts.unpublished import UnpublishedError, missing_sizes
from harness.records.architecture import Architecture, Counted, Dtype
from harness.records.base import Record
from harness.records.model import Model

Arguments = ParamSpec("Arguments")
Number = TypeVar("Number")


class Facts(Record):
    """What a model's sizes say, in parameters, bytes and operations; None needs a size that no source gives."""

    model: str
    source: str
    """Where the sizes are stated."""
    parameters_total: int | None
    parameters_active: int | None
    parameters_active_without_input_embedding: int | None
    parameters_active_without_embeddings: int | None
    parameters_total_without_embeddings: int | None
    parameters_embedding: int | None
    parameters_output: int | None
    parameters_router_corrections: int | None
    parameters_mtp: int | None
    parameters_towers: int | None
    counting: str
    context: int
    kv_cache_bytes_per_token: int | None
    kv_cache_bytes_per_token_full_layers: int | None
    kv_cache_bytes_per_token_sliding_layers: int | None
    state_bytes: int
    kv_cache_bytes: int | None
    attention_flops_per_token: int | None
    linear_flops_per_token: int | None
    weights_bytes: dict[Dtype, int | None]
    minimal_gpus: dict[str, dict[Dtype, int | None]]
    counted: Counted | None
    unpublished: list[str]


def facts_of(model: Model, *, context: int | None = None, gpus: Sequence[str] = tuple(GPUS)) -> Facts:
    """Return the facts of a model at `context` tokens (by default the longest its maker states), for one sequence.

    Raises UsageError for a model without an architecture, a GPU not in GPUS or a context below one token.
    """
    architecture = _checked(model, context, gpus)
    tokens = architecture.context if context is None else context
    parameters = _or_none(count, architecture)
    rate = _or_none(kv_bytes_per_token, architecture)
    towers_known = not any(name.startswith("towers.") for name in missing_sizes(architecture))
    return Facts(
        model=model.id,
        source=architecture.source,
        parameters_total=parameters and parameters.total,
        parameters_active=parameters and parameters.active,
        parameters_active_without_input_embedding=parameters and parameters.active_without_input_embedding,
        parameters_active_without_embeddings=parameters and parameters.active_without_embeddings,
        parameters_total_without_embeddings=parameters and parameters.total_without_embeddings,
        parameters_embedding=parameters and parameters.embedding,
        parameters_output=parameters.output if parameters else None,
        parameters_router_corrections=parameters.router_corrections if parameters else None,
        parameters_mtp=architecture.mtp_parameters,
        parameters_towers=parameters.towers if parameters and towers_known else None,
        counting=COUNTING,
        context=tokens,
        kv_cache_bytes_per_token=rate.full + rate.sliding if rate else None,
        kv_cache_bytes_per_token_full_layers=rate.full if rate else None,
        kv_cache_bytes_per_token_sliding_layers=rate.sliding if rate else None,
        state_bytes=state_bytes(architecture),
        kv_cache_bytes=_or_none(kv_cache_bytes, architecture, tokens),
        attention_flops_per_token=_or_none(attention_flops, architecture, tokens),
        linear_flops_per_token=_or_none(linear_flops, architecture),
        weights_bytes={dtype: _or_none(weights_bytes, architecture, dtype) for dtype in DTYPES},
        minimal_gpus={gpu: _numbers_of_gpus(architecture, gpu, tokens) for gpu in gpus},
        counted=architecture.counted,
        unpublished=missing_sizes(architecture),
    )


def _numbers_of_gpus(architecture: Architecture, gpu: str, context: int) -> dict[Dtype, int | None]:
    return {dtype: _or_none(minimal_gpus, architecture, gpu, dtype, context) for dtype in DTYPES}


def _or_none(
    compute: Callable[Arguments, Number], *args: Arguments.args, **named: Arguments.kwargs
) -> Number | None:
    try:
        return compute(*args, **named)
    except UnpublishedError:
        return None


def _checked(model: Model, context: int | None, gpus: Sequence[str]) -> Architecture:
    where = f"configs/model/{model.id}.yaml"
    if model.architecture is None:
        raise UsageError(
            "the model's sizes under `architecture`", "none", where=where, fix="enter its config.json"
        )
    for gpu in gpus:
        if gpu not in GPUS:
            raise UsageError("a GPU with known memory", gpu, fix=nearest(gpu, GPUS))
    if context is not None and context < 1:
        raise UsageError("a context of at least 1 token", str(context), fix="leave it out for the longest")
    return model.architecture
