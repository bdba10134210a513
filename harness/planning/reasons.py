"""Why a model fits on GPUs, or does not, in sentences with numbers."""

from collections.abc import Sequence
from math import ceil

from harness.facts.memory import weights_bytes
from harness.facts.unpublished import UnpublishedError
from harness.planning.shares import Engine
from harness.records import Architecture, Fit, Layout
from harness.records.architecture import GroupedAttention, LatentAttention


def fitting(
    question: Fit, architecture: Architecture, layout: Layout, smallest: Layout, engine: Engine
) -> list[str]:
    """Return why the layout is as it is; `smallest` is the one before copies filled the nodes given."""
    told = [
        f"weights are {_gb(weights_bytes(architecture, question.dtype))} in {question.dtype}; the fullest GPU "
        f"holds {_gb(layout.weights_bytes)} of them",
        f"of one {question.gpu}, {_gb(layout.budget_bytes)} are the engine's, {_gb(layout.overhead_bytes)} of "
        f"that overhead: {_gb(_room(layout))} stay for the cache",
        f"a sequence of {question.context:,} tokens takes {_gb(layout.sequence_bytes)} of cache on that GPU; "
        f"{layout.max_concurrency:,} run at once"
        + (" in all copies together" if layout.data_parallel > 1 else ""),
        *_cache(architecture, layout, engine),
        *_parallel(question, layout),
    ]
    if layout.data_parallel > 1:
        told.append(_copies(question, layout, smallest))
    return told


def too_small(
    question: Fit, architecture: Architecture, allowed: Sequence[Layout], holding: Sequence[Layout]
) -> list[str]:
    """Return what is missing, by the allowed layout that comes nearest, and what would hold it."""
    given = _given(question)
    told = [f"weights are {_gb(weights_bytes(architecture, question.dtype))} in {question.dtype}"]
    if not allowed:
        told.append(f"no split that vLLM accepts stands on {given}")
    else:
        best = max(allowed, key=lambda x: (x.max_concurrency, x.free_bytes, -x.gpus))
        room = _room(best)
        at = f"at tensor parallel {best.tensor_parallel}, pipeline parallel {best.pipeline_parallel} on {given}"
        if room <= 0:
            told.append(
                f"{at}, a GPU would hold {_gb(best.weights_bytes)} of them, and beside {_gb(best.overhead_bytes)} "
                f"of overhead has {_gb(best.budget_bytes - best.overhead_bytes)}: {_gb(-room)} short"
            )
        else:
            told.append(
                f"{at}, {_gb(room)} a GPU stay for the cache, and a sequence of {question.context:,} tokens takes "
                f"{_gb(best.sequence_bytes)}: {best.max_concurrency:,} at once in {_copied(best)}, "
                f"not {question.concurrency:,}"
            )
    if holding:
        enough = min(holding, key=lambda x: (x.tensor_parallel > question.gpus_per_node, x.gpus, x.nodes))
        told.append(
            f"{enough.nodes} x {enough.gpus_per_node} {question.gpu} would hold it (tensor parallel "
            f"{enough.tensor_parallel}, pipeline parallel {enough.pipeline_parallel}, {_copied(enough)})"
        )
    return told


def unpublished(question: Fit, architecture: Architecture, room: int) -> tuple[bool, list[str]]:
    """Return whether the weights alone are too large, and what is known; `room` is a GPU's bytes for both."""
    told = ["not published, so not computed: " + ", ".join(question.unpublished)]
    try:
        weights = weights_bytes(architecture, question.dtype)
    except UnpublishedError:
        return False, [*told, "neither weights nor cache can be computed"]
    gpus = (question.nodes or 1) * question.gpus_per_node
    left = room - ceil(weights / gpus)
    told.append(f"weights are {_gb(weights)} in {question.dtype}, by the count or the sizes that are published")
    if left > 0:
        told.append(
            f"cut evenly on {_given(question)} they leave {_gb(left)} a GPU beside the overhead; whether that is "
            "enough is open"
        )
    elif question.nodes is None:
        told.append(f"they alone take at least {ceil(weights / room)} {question.gpu}")
    else:
        told.append(f"they alone do not fit on {_given(question)}: {_gb(-left)} a GPU short, cut evenly")
    return left <= 0 and question.nodes is not None, told


def _cache(architecture: Architecture, layout: Layout, engine: Engine) -> list[str]:
    mixers = architecture.mixers.values()
    told = []
    if layout.tensor_parallel > 1 and any(isinstance(mixer, LatentAttention) for mixer in mixers):
        told.append("latent attention: every tensor-parallel GPU holds the whole cache of its layers")
    heads = [m.kv_heads for m in mixers if isinstance(m, GroupedAttention) and m.kv_heads]
    if heads and layout.tensor_parallel > min(heads):
        told.append(f"{min(heads)} KV heads on {layout.tensor_parallel} tensor-parallel GPUs: they are copied")
    windows = [m.window for m in mixers if isinstance(m, GroupedAttention | LatentAttention) and m.window]
    if windows and engine.windows:
        told.append(
            f"layers with a window of {windows[0]:,} hold it and the steps under way, not the whole context"
        )
    elif windows:
        told.append("the hybrid cache manager is off: layers with a window hold the whole context")
    return told


def _parallel(question: Fit, layout: Layout) -> list[str]:
    told = []
    if layout.tensor_parallel > question.gpus_per_node:
        told.append(f"tensor parallel {layout.tensor_parallel} crosses nodes, which needs a fast network")
    if layout.pipeline_parallel > 1:
        told.append(
            f"{layout.pipeline_parallel} pipeline stages, each with tensor parallel {layout.tensor_parallel}"
        )
    if layout.expert_parallel > 1:
        told.append(
            f"experts whole over {layout.expert_parallel} GPUs (--enable-expert-parallel); else each is cut, "
            "which takes as much where its width divides"
        )
    return told


def _copies(question: Fit, layout: Layout, smallest: Layout) -> str:
    if layout.gpus == smallest.gpus:
        return f"{layout.data_parallel} copies of {layout.gpus // layout.data_parallel} GPUs hold the requests"
    enough = "1 GPU is" if smallest.gpus == 1 else f"{smallest.gpus} GPUs are"
    return f"{enough} enough; {_given(question)} hold {layout.data_parallel} copies"


def _copied(layout: Layout) -> str:
    return "one copy" if layout.data_parallel == 1 else f"{layout.data_parallel} copies"


def _room(layout: Layout) -> int:
    return layout.budget_bytes - layout.overhead_bytes - layout.weights_bytes


def _given(question: Fit) -> str:
    if question.nodes is None:
        return f"nodes of {question.gpus_per_node} {question.gpu}"
    return f"{question.nodes} x {question.gpus_per_node} {question.gpu}"


def _gb(size: int) -> str:
    return f"{size / 1e9:,.1f} GB"
