"""One model of the zoo at a glance."""

from collections.abc import Sequence

from harness.facts.parameters import count
from harness.facts.unpublished import UnpublishedError
from harness.planning.fit import fit
from harness.records import Fit, HubOrigin, JoinedOrigin, Model, PackageOrigin, Record, ReplicaReport

SHOWN_GPUS = ("h100_80gb", "h200_141gb")


class ModelRow(Record):
    """What a reader wants to know of a model before running it."""

    id: str
    name: str
    developer: str
    hosted: bool
    parameters_total: int | None
    parameters_active: int | None
    precision: str
    context: int
    licence: str
    allows: str
    pinned: bool | None
    """Whether the revision of the weights is pinned; None for a hosted model."""
    thinking: str | None
    needs: str | None
    """What upstream vLLM lacks, or the least version of it."""
    layouts: dict[str, str]
    """By GPU: the smallest layout on nodes of eight at the model's own context, or why there is none."""
    compared_with: list[str]
    served: bool
    """Whether vLLM served its small random twin, or the model itself, on a machine without GPUs."""
    served_note: str
    """By which engine, or why not."""


def row_of(model: Model, twins: Sequence[ReplicaReport | None] = ()) -> ModelRow:
    """Return a model at a glance; the layouts are those of `fit` at the model's own context.

    `twins` is how its small random twins were last served, None for one that was not yet tried.
    """
    served, note = _served(model, twins)
    total, active = _parameters(model)
    origin = model.weights.origin if model.weights is not None else None
    return ModelRow(
        id=model.id,
        name=model.name,
        developer=model.developer,
        hosted=model.hosted is not None,
        parameters_total=total,
        parameters_active=active,
        precision=model.architecture.dtype if model.architecture is not None else model.precision,
        context=model.context,
        licence=model.licence.id,
        allows=model.licence.allows,
        pinned=None if origin is None else not (isinstance(origin, HubOrigin) and origin.revision == "unpinned"),
        thinking=model.thinking.default if model.thinking is not None else None,
        needs=_needs(model),
        layouts={gpu: _layout(model, gpu) for gpu in SHOWN_GPUS},
        compared_with=model.compared_with,
        served=served,
        served_note=note,
    )


def _served(model: Model, twins: Sequence[ReplicaReport | None]) -> tuple[bool, str]:
    if model.hosted is not None:
        return False, "hosted by its maker"
    if isinstance(model.weights and model.weights.origin, PackageOrigin | JoinedOrigin):
        return True, "the model itself, which a package holds"
    if model.replica is None:
        return False, model.no_replica or "no twin is described"
    tried = [twin for twin in twins if twin is not None]
    if len(tried) < len(model.replicas):
        return False, "not tried yet"
    for twin in tried:
        if twin.problem is not None:
            return False, twin.problem.partition("found: ")[2].partition("\n")[0]
        if twin.probe is not None and twin.probe.failed:
            return False, f"the probe speaks against it: {twin.probe.failed[0].name}"
    images = " with images" if any(twin.took_images for twin in tried) else ""
    return True, f"its twin{images}, on {tried[0].engine}"


def _parameters(model: Model) -> tuple[int | None, int | None]:
    if model.architecture is None:
        return None, None
    try:
        found = count(model.architecture)
    except UnpublishedError:
        return (model.architecture.counted.parameters_total if model.architecture.counted else None), None
    return found.total, found.active


def _needs(model: Model) -> str | None:
    if model.requires is None:
        return None
    return f"vLLM {model.requires.vllm}" if model.requires.vllm else "fork or plugin"


def _layout(model: Model, gpu: str) -> str:
    if model.architecture is None:
        return "hosted" if model.hosted else "not entered"
    return described(fit(model, gpu))


def described(found: Fit) -> str:
    """Return a layout in a few words: nodes x GPUs, then how the model is split, such as `2x8 TP8 PP2`."""
    if found.layout is None:
        return "does not fit" if found.fits is False else "unpublished"
    layout = found.layout
    words = [f"{layout.nodes}x{layout.gpus_per_node}"]
    words += [f"TP{layout.tensor_parallel}"] if layout.tensor_parallel > 1 else []
    words += [f"PP{layout.pipeline_parallel}"] if layout.pipeline_parallel > 1 else []
    return " ".join(words)
