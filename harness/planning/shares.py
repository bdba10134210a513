"""What one GPU holds of a model that vLLM 0.32 splits over several."""

from collections import Counter
from math import ceil

from harness.facts.blocks import LayerWeights, feed_forward_weights, mixer_weights
from harness.facts.memory import layers_bytes, plain_bytes
from harness.facts.parameters import count
from harness.facts.unpublished import known
from harness.records.architecture import (
    Architecture,
    Dtype,
    FeedForward,
    GroupedAttention,
    LatentAttention,
    LayerGroup,
    Mixer,
    StateSpace,
)
from harness.records.base import Record


class Engine(Record):
    """The settings of vLLM that decide how much fits."""

    utilisation: float
    """Share of the memory it takes."""
    overhead: int
    """Bytes per GPU beside weights and cache."""
    batched_tokens: int
    """Tokens that one step computes at most."""
    windows: bool
    """Whether sliding-window layers free what lies before their window."""
    cache_element: int
    """Bytes of one element of the cache."""


class Share(Record):
    """Bytes on one GPU."""

    weights: int
    cache: int
    """Of one sequence."""


def divides(architecture: Architecture, tensor: int) -> bool:
    """Return whether vLLM can cut every layer `tensor` ways; raises UnpublishedError where a size is missing."""
    return all(_mixer_divides(mixer, tensor) for mixer in architecture.mixers.values()) and all(
        _block_divides(block, tensor) for block in architecture.feed_forwards.values()
    )


def shares(
    architecture: Architecture, dtype: Dtype, split: tuple[int, int], context: int, engine: Engine
) -> list[Share]:
    """Return what a GPU of each pipeline stage holds; `split` is (tensor parallel, pipeline parallel).

    The order of the layers is not known: a stage is given the heaviest there are, and of each make of cache its
    part rounded up, which holds for makes that alternate. Raises UnpublishedError where a size is missing.
    """
    tensor, pipeline = split
    (hidden,) = known("", hidden_size=architecture.hidden_size)
    parameters = count(architecture)
    sizes = sorted(
        (size for g in architecture.layers for size in [_layer_bytes(architecture, g, dtype, tensor)] * g.count),
        reverse=True,
    )
    mixers = Counter[str]()
    for group in architecture.layers:
        mixers[group.mixer] += group.count
    tokens = (pipeline + 1) * engine.batched_tokens
    caches = {name: _cache_bytes(architecture.mixers[name], context, tokens, tensor, engine) for name in mixers}
    # Input table and head are cut by vocabulary over the tensor-parallel ranks (VocabParallelEmbedding).
    table = ceil(parameters.embedding / tensor)
    # The last stage needs the head: its own copy of the input table where they are one (llama.py, is_last_rank).
    head = (0 if pipeline == 1 else table) if architecture.tied_embeddings else ceil(parameters.output / tensor)
    found = []
    for stage, layers in enumerate(stage_layers(len(sizes), pipeline)):
        # Whether an encoder is cut depends on its class; taken whole, on every GPU of the first stage.
        beside = (table + parameters.towers if stage == 0 else 0) + (head + hidden if stage == pipeline - 1 else 0)
        weights = sum(sizes[:layers]) + beside * plain_bytes(dtype)
        cache = sum(ceil(number * layers / len(sizes)) * caches[name] for name, number in mixers.items())
        found.append(Share(weights=weights, cache=cache))
    return found


def stage_layers(layers: int, stages: int) -> list[int]:
    """Return the layers of each pipeline stage, as vLLM deals them out.

    What is left over goes one each to the stages before the last, from behind (distributed/utils.py,
    get_pp_indices).
    """
    dealt = [layers // stages] * stages
    for place in range(2, layers % stages + 2):
        dealt[-place] += 1
    return dealt


def _mixer_divides(mixer: Mixer, tensor: int) -> bool:
    (heads,) = known("mixer", heads=mixer.heads)
    if isinstance(mixer, StateSpace):
        # mamba_mixer2.py: one group is copied to every rank, several have to divide.
        return heads % tensor == 0 and (mixer.groups == 1 or mixer.groups % tensor == 0)
    if isinstance(mixer, LatentAttention):
        return heads % tensor == 0
    (groups,) = known("mixer", kv_heads=mixer.kv_heads)
    return heads % tensor == 0 and (groups % tensor == 0 or tensor % groups == 0)


def _block_divides(block: FeedForward, tensor: int) -> bool:
    """Dense and shared blocks are cut by width; routed experts are spread whole."""
    width, shared = known("", intermediate=block.intermediate, shared_intermediate=block.shared_intermediate)
    return (shared if block.experts else width) % tensor == 0


def _layer_bytes(architecture: Architecture, group: LayerGroup, dtype: Dtype, tensor: int) -> int:
    (hidden,) = known("", hidden_size=architecture.hidden_size)
    weights = (
        _mixer_share(architecture.mixers[group.mixer], hidden, tensor)
        + _block_share(architecture.feed_forwards[group.feed_forward], hidden, tensor)
        + LayerWeights(other=group.norms * hidden)
    )
    return layers_bytes(weights, dtype)


def _mixer_share(mixer: Mixer, hidden: int, tensor: int) -> LayerWeights:
    """Matrices are cut, but for what every rank needs; norms and biases are taken whole."""
    full = mixer_weights(mixer, hidden)
    whole = 0
    if isinstance(mixer, LatentAttention):
        whole = _compressions(mixer, hidden)
    elif isinstance(mixer, GroupedAttention):
        groups, dim = known("mixer", kv_heads=mixer.kv_heads, head_dim=mixer.head_dim)
        if tensor > groups:
            # With more ranks than KV heads every rank computes one (linear.py, QKVParallelLinear).
            keys = 2 * hidden * dim
            return full.model_copy(update={"linear": ceil((full.linear - groups * keys) / tensor) + keys})
    return full.model_copy(update={"linear": ceil((full.linear - whole) / tensor) + whole})


def _compressions(mixer: LatentAttention, hidden: int) -> int:
    """The projections into the latent space, and an indexer, are copied to every rank (ReplicatedLinear)."""
    rank, rope = known("mixer", kv_lora_rank=mixer.kv_lora_rank, qk_rope_head_dim=mixer.qk_rope_head_dim)
    low = mixer.q_lora_rank if isinstance(mixer.q_lora_rank, int) else 0
    indexer = 0
    if mixer.indexer:
        width, heads = mixer.indexer.head_dim, mixer.indexer.heads
        indexer = low * heads * width + hidden * width + hidden * heads
    return hidden * (rank + rope + low) + indexer


def _block_share(block: FeedForward, hidden: int, tensor: int) -> LayerWeights:
    """Whole experts go to ranks, some of which hold one more; cut experts take as much where they divide."""
    full = feed_forward_weights(block, hidden)
    changes = {"linear": ceil(full.linear / tensor)}
    if block.experts:
        here = ceil(block.experts / tensor)
        changes["routed"] = full.routed // block.experts * here
        changes["routed_biases"] = full.routed_biases // block.experts * here
    return full.model_copy(update=changes)


def _cache_bytes(mixer: Mixer, context: int, in_flight: int, tensor: int, engine: Engine) -> int:
    """Return the bytes that one layer keeps of one sequence on one rank."""
    if isinstance(mixer, StateSpace):
        inner, groups = mixer.heads * mixer.head_dim // tensor, ceil(mixer.groups / tensor)
        convolved = inner + 2 * groups * mixer.state_size
        return (inner * mixer.state_size + convolved * (mixer.conv_kernel - 1)) * engine.cache_element
    tokens = context
    if engine.windows and isinstance(mixer.window, int):
        # A window's layer also holds the tokens of steps under way: blocks are freed once computed
        # (kv_cache_interface.py, SlidingWindowSpec.max_admission_blocks_per_request).
        tokens = min(mixer.window - 1 + in_flight, context)
    if isinstance(mixer, LatentAttention):
        # One latent vector serves all heads: every rank holds it whole (ModelConfig.get_num_kv_heads is 1).
        rank, rope = known("mixer", kv_lora_rank=mixer.kv_lora_rank, qk_rope_head_dim=mixer.qk_rope_head_dim)
        return tokens * ((rank + rope) * engine.cache_element + (mixer.indexer.head_dim if mixer.indexer else 0))
    groups, dim = known("mixer", kv_heads=mixer.kv_heads, head_dim=mixer.head_dim)
    # max(1, …): with more ranks than KV heads, heads are copied (ModelConfig.get_num_kv_heads).
    return tokens * 2 * max(1, groups // tensor) * dim * engine.cache_element
