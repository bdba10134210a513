"""Whether this machine's GPUs, or its memory, hold a model, and which GPUs would."""

from collections import Counter

import psutil

from harness.config.settings import Settings
from harness.facts.cache import kv_cache_bytes
from harness.facts.memory import gpu_like, weights_bytes
from harness.facts.unpublished import UnpublishedError
from harness.machine.devices import Gpu, nvidia
from harness.planning.fit import fit, served_in
from harness.planning.zoo import described
from harness.records import Fit, Layout, Model
from harness.serving.installed import installed_engine
from harness.workflow.checks import Check

SUGGESTED = ("a100_80gb", "h100_80gb", "h200_141gb", "b200_180gb")
DRIVERS = {11: 450, 12: 525, 13: 580}
"""Least driver by version of CUDA: NVIDIA's CUDA Compatibility guide, table of minor-version compatibility."""

_SHORTEST = 2048
"""Tokens; below it no shorter context is proposed."""


def room(settings: Settings) -> list[Check]:
    """Return whether the model fits, on what it would be served on by the settings."""
    if settings.serving.device == "cpu":
        return _in_memory(settings)
    gpus, engine = nvidia().gpus, installed_engine()
    return driver(gpus, engine.cuda if engine is not None else None) + _on_gpus(settings, gpus)


def driver(gpus: list[Gpu], cuda: str | None) -> list[Check]:
    """Return whether the GPUs' driver runs what was built for this version of CUDA."""
    least = DRIVERS.get(int(cuda.split(".")[0])) if cuda else None
    if not gpus or least is None:
        return []
    major = gpus[0].driver.split(".")[0]
    new_enough = major.isdigit() and int(major) >= least
    found = f"driver {gpus[0].driver}; PyTorch is built for CUDA {cuda}"
    fix = f"install driver {least} or newer, or a vLLM built for an older CUDA"
    return [Check(f"NVIDIA driver {least} or newer", new_enough, found, fix)]


def _on_gpus(settings: Settings, gpus: list[Gpu]) -> list[Check]:
    model = settings.model
    if model.architecture is None:
        return []
    name = f"GPUs that hold {model.id}"
    kinds = Counter(gpu.name for gpu in gpus)
    if not kinds:
        return [Check(name, False, "no NVIDIA GPU that answers", f"a machine with {_suggested(model)}")]
    kind, number = kinds.most_common(1)[0]
    like = gpu_like(kind, min(gpu.memory_bytes for gpu in gpus if gpu.name == kind))
    if like is None:
        return [Check(name, False, f"{kind}: less memory than any GPU known here", f"use {_suggested(model)}")]
    found = fit(model, like, gpus_per_node=number)
    seen = f"{number} x {kind}" + (f" (reckoned as {like})" if like.split("_")[-2] not in kind.lower() else "")
    if found.fits is None:
        stated = [f"{one.nodes}x{one.gpus_per_node} {one.gpu} ({one.source})" for one in model.shown]
        told = f"; sources show {', '.join(stated)}" if stated else ""
        return [
            Check(name, True, f"{seen}; cannot be computed, not published: {', '.join(found.unpublished)}{told}")
        ]
    if found.layout is None or found.layout.nodes > 1:
        return [Check(name, False, f"{seen}; {_lacking(found)}", _instead(model, found))]
    return [
        Check(name, True, f"{seen}; {described(found)}"),
        *_split(settings, found.layout),
        _cache(found.layout, model.context),
    ]


def _lacking(found: Fit) -> str:
    if found.layout is None:
        return found.why[-1]
    return f"takes {found.layout.nodes} machines of this kind: {described(found)}"


def _instead(model: Model, found: Fit) -> str:
    """Return what would do: a shorter context here, several machines, other GPUs."""
    ways = []
    context = model.context // 2
    while context >= _SHORTEST:
        if fit(model, found.gpu, context=context, gpus_per_node=found.gpus_per_node, nodes=1).fits:
            ways.append(f"model.context={context}")
            break
        context //= 2
    if found.layout is not None:
        ways.append(f"harness serve-command model={model.id} gpu={found.gpu} nodes={found.layout.nodes}")
    return " or ".join([*ways, f"a machine with {_suggested(model)}"])


def _suggested(model: Model) -> str:
    """Return the smallest layouts on one machine of eight; the smallest at all where one machine never does."""
    layouts = {gpu: fit(model, gpu) for gpu in SUGGESTED}
    single = {gpu: one for gpu, one in layouts.items() if one.layout is not None and one.layout.nodes == 1}
    shown = [
        f"{one.layout.gpus} x {gpu}" if gpu in single else f"{described(one)} of {gpu}"
        for gpu, one in (single or layouts).items()
        if one.layout is not None
    ]
    stated = [f"{one.nodes} x {one.gpus_per_node} {one.gpu} ({one.source})" for one in model.shown]
    return " or ".join(shown or stated) or "more GPUs; its sizes are not published"


def _split(settings: Settings, layout: Layout) -> list[Check]:
    """Return whether the settings split the model as its layout asks for."""
    wanted = {"tensor-parallel-size": layout.tensor_parallel, "pipeline-parallel-size": layout.pipeline_parallel}
    args = settings.model.args | settings.serving.args
    missing = {key: size for key, size in wanted.items() if int(str(args.get(key, 1))) < size}
    if layout.gpus == 1:
        return []
    found = ", ".join(f"{key} {args.get(key, 1)}" for key in wanted)
    fix = " ".join(f"++serving.args.{key}={size}" for key, size in missing.items())
    return [Check("split over the GPUs", not missing, found, f"add to the command: {fix}")]


def _cache(layout: Layout, context: int) -> Check:
    found = (
        f"{layout.sequence_bytes / 1e9:.1f} GB a request on the fullest GPU, {layout.max_concurrency:,} at once"
    )
    return Check(f"cache for requests of {context:,} tokens", True, found)


def _in_memory(settings: Settings) -> list[Check]:
    """Return whether this machine's own memory holds weights and cache."""
    model = settings.model
    if model.architecture is None:
        return []
    try:
        size = weights_bytes(model.architecture, served_in(model))
        cache = kv_cache_bytes(model.architecture, model.context)
    except UnpublishedError as error:
        return [Check(f"memory for {model.id}", True, f"cannot be computed, {error}")]
    space = int(float(settings.serving.env.get("VLLM_CPU_KVCACHE_SPACE", "4")) * 2**30)
    memory = psutil.virtual_memory()
    fix = f"serving=gpu and {_suggested(model)}" if size + space > memory.total else "end other programs"
    free = f"{memory.available / 1e9:.0f} GB free"
    reserved = f"{cache / 2**30:.2f} GiB of the {space / 2**30:g} that are set aside (VLLM_CPU_KVCACHE_SPACE)"
    more = f"++serving.env.VLLM_CPU_KVCACHE_SPACE='{-(-cache // 2**30)}', or a smaller model.context"
    return [
        Check(
            f"{(size + space) / 1e9:,.1f} GB of memory for {model.id}", size + space <= memory.available, free, fix
        ),
        Check(f"cache for a request of {model.context:,} tokens", cache <= space, reserved, more),
    ]
