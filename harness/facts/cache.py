"""How many bytes a sequence holds in memory while it is generated."""

from harness.facts.unpublished import known
from harness.records.architecture import Architecture, LatentAttention, Mixer, StateSpace
from harness.records.base import Record

INDEXER_BYTES = 1
"""Per element of an indexer's key cache, whatever the main cache holds (DeepSeek-AI, 2025: fp8)."""


class CacheRate(Record):
    """Bytes that one more token adds, summed over layers."""

    full: int
    """In layers that see the whole context: every token adds them."""
    sliding: int
    """In layers with a window: only tokens within the window add them."""


def kv_bytes_per_token(architecture: Architecture, element_bytes: int = 2) -> CacheRate:
    """Return the cache bytes that one token adds to a sequence.

    Grouped attention holds a key and a value per group of heads (Ainslie et al., 2023), latent attention one
    vector of kv_lora_rank and one rotary key per layer (DeepSeek-AI, 2024, section 2.1), an indexer one fp8 key
    without its scales; state-space layers add nothing. Raises UnpublishedError where a size is missing.
    """
    full = sliding = 0
    for group in architecture.layers:
        mixer = architecture.mixers[group.mixer]
        added = group.count * _token_bytes(mixer, element_bytes, f"mixers.{group.mixer}")
        if isinstance(mixer, StateSpace) or mixer.window is None:
            full += added
        else:
            sliding += added
    return CacheRate(full=full, sliding=sliding)


def kv_cache_bytes(architecture: Architecture, context: int, element_bytes: int = 2) -> int:
    """Return the bytes that one sequence of `context` tokens holds: cache and states.

    A sliding-window layer holds the last min(context, window) tokens. Engines that keep more than the window, or
    that expand a latent cache into full heads, hold more. Raises UnpublishedError where a size is missing.
    """
    total = state_bytes(architecture, element_bytes)
    for group in architecture.layers:
        mixer, where = architecture.mixers[group.mixer], f"mixers.{group.mixer}"
        tokens = tokens_seen(mixer, context, where)
        total += group.count * tokens * _token_bytes(mixer, element_bytes, where)
    return total


def state_bytes(architecture: Architecture, element_bytes: int = 2) -> int:
    """Return the bytes of the state-space layers' states for one sequence, the same at every length.

    A Mamba-2 layer holds heads x head_dim x state_size elements and the last conv_kernel - 1 inputs of its
    convolution (Dao and Gu, 2024), all in elements of `element_bytes`.
    """
    elements = 0
    for group in architecture.layers:
        mixer = architecture.mixers[group.mixer]
        if isinstance(mixer, StateSpace):
            inner = mixer.heads * mixer.head_dim
            convolved = inner + 2 * mixer.groups * mixer.state_size
            elements += group.count * (inner * mixer.state_size + convolved * (mixer.conv_kernel - 1))
    return elements * element_bytes


def without_windows(architecture: Architecture) -> Architecture:
    """Return the same model with every attention layer seeing the whole context.

    The baseline of a statement that hybrid attention saves cache or arithmetic.
    """
    mixers = {
        name: mixer if isinstance(mixer, StateSpace) else mixer.model_copy(update={"window": None})
        for name, mixer in architecture.mixers.items()
    }
    return architecture.model_copy(update={"mixers": mixers})


def tokens_seen(mixer: Mixer, context: int, where: str = "mixer") -> int:
    """Return how many of `context` tokens a layer's cache holds; 0 for state-space layers.

    Raises UnpublishedError where the window's size is missing, ValueError for a negative context.
    """
    if context < 0:
        raise ValueError(f"a context of {context} tokens does not exist")
    if isinstance(mixer, StateSpace):
        return 0
    if mixer.window is None:
        return context
    (window,) = known(where, window=mixer.window)
    return min(context, window)


def _token_bytes(mixer: Mixer, element_bytes: int, where: str) -> int:
    if isinstance(mixer, StateSpace):
        return 0
    if isinstance(mixer, LatentAttention):
        rank, rope = known(where, kv_lora_rank=mixer.kv_lora_rank, qk_rope_head_dim=mixer.qk_rope_head_dim)
        indexer = mixer.indexer.head_dim * INDEXER_BYTES if mixer.indexer else 0
        return (rank + rope) * element_bytes + indexer
    groups, dim = known(where, kv_heads=mixer.kv_heads, head_dim=mixer.head_dim)
    return 2 * groups * dim * element_bytes
