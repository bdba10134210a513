"""The smallest layout of GPUs in which vLLM 0.32 runs a model, or why there is none."""

from collections.abc import Iterator, Sequence
from math import ceil

from harness.errors import UsageError
from harness.facts.memory import GPUS, OVERHEAD, UTILISATION, gpu_named
from harness.facts.unpublished import missing_sizes
from harness.planning import reasons
from harness.planning.shares import Engine, divides, shares
from harness.records import Architecture, Fit, Layout, Model
from harness.records.architecture import Dtype
from harness.records.model import Arguments

BATCHED_TOKENS = 8192
"""Tokens of one step: the default of vLLM's server on H100 and H200 (EngineArgs.get_batch_defaults; 2048 on A100
and smaller GPUs, 16384 from 160 GiB). One number for all, so that a larger GPU never needs more; only what layers
with a window hold depends on it."""

CACHE_ELEMENT = 2
"""Bytes per element of the cache: vLLM keeps it in the model's own type unless --kv-cache-dtype says fp8."""

GPUS_PER_NODE = 8

MOST_CUTS = 1024
"""Largest tensor parallel size that is tried."""

ASSUMPTIONS = [
    "memory of a GPU as its driver counts it, the least seen; nothing else runs on it",
    f"vLLM 0.32 takes {UTILISATION:.0%} of it (--gpu-memory-utilization), {OVERHEAD / 2**30:g} GiB of that for "
    "activations, CUDA graphs, NCCL and the CUDA context",
    f"{BATCHED_TOKENS:,} tokens a step (--max-num-batched-tokens), one more step under way than there are stages",
    "cache of two bytes an element unless --kv-cache-dtype is fp8; rounding to blocks, and the padding of pages "
    "between attention and state-space layers, left out",
    "sliding-window layers keep their window and the steps under way, unless the hybrid cache manager is off "
    "(--disable-hybrid-kv-cache-manager)",
    "multi-token-prediction layers not loaded, as without --speculative-config",
    "encoders (vision, audio) whole on every GPU of the first stage; what they compute with is left out",
    "copies hold the whole model each; one server with --data-parallel-size spreads a layer's experts over its "
    "copies and holds more",
    "layers of different makes alternate, so that pipeline stages hold like parts of each",
]
"""What the numbers rest on, for people; the constants above are the same in numbers."""

Split = tuple[int, int]
"""(tensor parallel, pipeline parallel)."""


def fit(
    model: Model,
    gpu: str,
    *,
    context: int | None = None,
    concurrency: int = 1,
    dtype: Dtype | None = None,
    gpus_per_node: int = GPUS_PER_NODE,
    nodes: int | None = None,
    split: tuple[int | None, int | None] = (None, None),
) -> Fit:
    """Return the smallest layout that holds `concurrency` sequences of `context` tokens, or why there is none.

    By default the context the model is served with, the precision it is served in, and as many nodes as it takes;
    with `nodes`, whole copies of the model fill them. `split` fixes (tensor parallel, pipeline parallel), as a
    published command does; None searches. Raises UsageError for a GPU that is not known, a model without sizes,
    numbers below one, a context beyond the model's and a split that vLLM refuses.
    """
    architecture = _architecture(model)
    tokens = model.context if context is None else context
    _check(tokens, architecture, concurrency=concurrency, gpus_per_node=gpus_per_node, nodes=nodes)
    gpu, dtype = gpu_named(gpu), dtype or served_in(model)
    question = Fit(
        model=model.id,
        gpu=gpu,
        dtype=dtype,
        context=tokens,
        concurrency=concurrency,
        gpus_per_node=gpus_per_node,
        nodes=nodes,
        fits=None,
        layout=None,
        least_gpus=None,
        unpublished=missing_sizes(architecture),
        why=[],
        assumptions=ASSUMPTIONS,
    )
    engine = engine_of(model.args)
    if question.unpublished:
        room = int(GPUS[gpu] * engine.utilisation) - engine.overhead
        too_heavy, why = reasons.unpublished(question, architecture, room)
        return question.model_copy(update={"fits": False if too_heavy else None, "why": why})
    splits = _splits(architecture, gpus_per_node, split)
    return _answered(question, architecture, [_layout(question, architecture, x, engine) for x in splits], engine)


def _answered(question: Fit, architecture: Architecture, layouts: Sequence[Layout], engine: Engine) -> Fit:
    holding = [layout for layout in layouts if layout.max_concurrency >= question.concurrency]
    allowed = [layout for layout in holding if _allowed(layout, question)]
    # A tensor-parallel group talks twice a layer: over the network between nodes only where nothing else fits.
    inside = [layout for layout in allowed if layout.tensor_parallel <= question.gpus_per_node]
    smallest = min(inside or allowed, key=_size, default=None)
    if smallest is None:
        why = reasons.too_small(question, architecture, _full(layouts, question), holding)
        return question.model_copy(update={"fits": False, "why": why})
    layout = _filled(smallest, question)
    why = reasons.fitting(question, architecture, layout, smallest, engine)
    changes = {"fits": True, "layout": layout, "least_gpus": smallest.gpus, "why": why}
    return question.model_copy(update=changes)


def served_in(model: Model) -> Dtype:
    """Return the format the weights are served in: the checkpoint's own where the config says `auto`."""
    if model.precision == "auto":
        return _architecture(model).dtype
    return "float32" if model.precision == "float32" else "bfloat16"


def engine_of(args: Arguments) -> Engine:
    """Return the settings that decide how much fits, from a model's vLLM arguments over the defaults above."""
    return Engine(
        utilisation=_number(args, "gpu-memory-utilization", UTILISATION),
        overhead=OVERHEAD,
        batched_tokens=int(_number(args, "max-num-batched-tokens", BATCHED_TOKENS)),
        windows=not args.get("disable-hybrid-kv-cache-manager", False),
        cache_element=1 if str(args.get("kv-cache-dtype", "auto")).startswith("fp8") else CACHE_ELEMENT,
    )


def _number(args: Arguments, name: str, default: float) -> float:
    value = args.get(name, default)
    return float(value) if isinstance(value, int | float | str) else default


def _architecture(model: Model) -> Architecture:
    if model.architecture is None:
        fix = "none: only its maker serves it" if model.hosted else "enter its config.json"
        where = f"configs/model/{model.id}.yaml"
        raise UsageError("the model's sizes under `architecture`", "none", where=where, fix=fix)
    return model.architecture


def _check(context: int, architecture: Architecture, **numbers: int | None) -> None:
    for name, value in {"context": context, **numbers}.items():
        if value is not None and value < 1:
            raise UsageError(f"{name} of at least 1", str(value), where="command line")
    if context > architecture.context:
        most = f"context={architecture.context}"
        raise UsageError(f"at most {architecture.context} tokens", str(context), where="context", fix=most)


def _splits(
    architecture: Architecture, gpus_per_node: int, given: tuple[int | None, int | None]
) -> Iterator[Split]:
    """Yield the splits to try; raise UsageError for a given one that vLLM refuses.

    Pipeline stages cross nodes: within one, tensor parallel is faster for one request, so stages begin where it
    can go no further.
    """
    layers = sum(group.count for group in architecture.layers)
    cuts = [2**k for k in range(MOST_CUTS.bit_length()) if divides(architecture, 2**k)]
    tensor, pipeline = given
    if tensor is not None and not (tensor >= 1 and divides(architecture, tensor)):
        valid = "tensor_parallel of " + ", ".join(map(str, cuts))
        raise UsageError(
            "a tensor parallel size that divides the model's heads", str(tensor), where="command line", fix=valid
        )
    if pipeline is not None and not 1 <= pipeline <= layers:
        raise UsageError(f"1 to {layers} pipeline stages", str(pipeline), where="command line")
    within = [cut for cut in cuts if cut <= gpus_per_node]
    beyond = [cut for cut in cuts if cut > gpus_per_node and cut % gpus_per_node == 0]
    if tensor is not None or pipeline is not None:
        stages = range(1, layers + 1) if pipeline is None else [pipeline]
        yield from ((one, p) for one in (within if tensor is None else [tensor]) for p in stages)
        return
    yield from ((cut, 1) for cut in within + beyond)
    yield from ((within[-1], p) for p in range(2, layers + 1))


def _layout(question: Fit, architecture: Architecture, split: Split, engine: Engine) -> Layout:
    """Return the least copies of one split that hold the requests; one copy where it holds no request."""
    budget = int(GPUS[question.gpu] * engine.utilisation)
    held = [
        ((budget - engine.overhead - one.weights) // max(one.cache, 1), one)
        for one in shares(architecture, question.dtype, split, question.context, engine)
    ]
    capacity, fullest = min(held, key=lambda pair: (pair[0], -pair[1].weights))
    copies = ceil(question.concurrency / capacity) if capacity > 0 else 1
    tensor, pipeline = split
    experts = max(block.experts for block in architecture.feed_forwards.values())
    layout = Layout(
        tensor_parallel=tensor,
        pipeline_parallel=pipeline,
        expert_parallel=min(tensor, experts) if experts else 1,
        data_parallel=copies,
        nodes=1,
        gpus_per_node=1,
        budget_bytes=budget,
        overhead_bytes=engine.overhead,
        weights_bytes=fullest.weights,
        sequence_bytes=fullest.cache,
        cache_bytes=0,
        max_concurrency=max(capacity, 0) * copies,
    )
    return _placed(layout, copies, question)


def _placed(layout: Layout, copies: int, question: Fit) -> Layout:
    """Return the layout with so many copies on nodes; no tensor-parallel group that fits a node is torn apart."""
    nodes, used = _nodes_of_a_copy(layout, question.gpus_per_node)
    if nodes == 1:
        here = min(copies, question.gpus_per_node // used)
        nodes, used = ceil(copies / here), here * used
    else:
        nodes *= copies
    changes = {
        "data_parallel": copies,
        "nodes": nodes,
        "gpus_per_node": used,
        "max_concurrency": layout.max_concurrency // layout.data_parallel * copies,
        "cache_bytes": ceil(question.concurrency / copies) * layout.sequence_bytes,
    }
    return layout.model_copy(update=changes)


def _nodes_of_a_copy(layout: Layout, gpus_per_node: int) -> tuple[int, int]:
    """Return (nodes of one copy, GPUs it uses on each): as many whole stages a node as divide them evenly."""
    tensor, stages = layout.tensor_parallel, layout.pipeline_parallel
    if tensor > gpus_per_node:
        return ceil(tensor / gpus_per_node) * stages, gpus_per_node
    room = gpus_per_node // tensor
    together = max(k for k in range(1, room + 1) if stages % k == 0)
    return stages // together, tensor * together


def _allowed(layout: Layout, question: Fit) -> bool:
    return question.nodes is None or layout.nodes <= question.nodes


def _size(layout: Layout) -> tuple[int, ...]:
    """Fewest GPUs, then fewest nodes, stages and copies."""
    return layout.gpus, layout.nodes, layout.pipeline_parallel, layout.data_parallel


def _full(layouts: Sequence[Layout], question: Fit) -> list[Layout]:
    """Return the layouts of which a copy stands on the nodes given, with as many copies as these hold."""
    single = [_placed(layout, 1, question) for layout in layouts]
    return [_filled(layout, question) for layout in single if _allowed(layout, question)]


def _filled(layout: Layout, question: Fit) -> Layout:
    """Return the layout with as many copies as the nodes given hold."""
    if question.nodes is None:
        return layout
    nodes, used = _nodes_of_a_copy(layout, question.gpus_per_node)
    copies = question.nodes // nodes * (question.gpus_per_node // used if nodes == 1 else 1)
    return _placed(layout, copies, question)
