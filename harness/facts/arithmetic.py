"""How much arithmetic one generated token takes; a multiply-add is two floating-point operations."""

from harness.facts.blocks import all_layers
from harness.facts.cache import tokens_seen
from harness.facts.unpublished import known
from harness.records.architecture import Architecture, LatentAttention, Mixer, StateSpace


def attention_flops(architecture: Architecture, context: int) -> int:
    """Return the operations that attention itself takes for one token that sees `context` tokens.

    Scores (queries with keys) and their application to the values, without projections and softmax. Latent
    attention is counted in its absorbed form, in which decoding scores against the cached vectors (DeepSeek-AI,
    2024, section 2.1.2): heads x (kv_lora_rank + rope) and heads x kv_lora_rank multiply-adds per token seen. A
    layer with an indexer attends to at most top_k tokens, and its indexer scores all of them, per head a product
    and its part of a weighted sum (DeepSeek-AI, 2025, equation 1). State-space layers count 0. Raises
    UnpublishedError where a size is missing.
    """
    return sum(
        group.count * _layer_flops(architecture.mixers[group.mixer], context, f"mixers.{group.mixer}")
        for group in architecture.layers
    )


def linear_flops(architecture: Architecture) -> int:
    """Return the operations of all matrix products of one token: twice the active weights that are multiplied.

    Projections, feed-forward blocks, shared and chosen experts, routers and the output head; not the input table,
    biases, norms, convolutions or the recurrence of state-space layers. The absorbed form of latent attention
    multiplies with the same weights. Raises UnpublishedError where a size is missing.
    """
    hidden, vocabulary = known("", hidden_size=architecture.hidden_size, vocab_size=architecture.vocab_size)
    layers = all_layers(architecture)
    return 2 * (layers.linear + layers.router + layers.routed_active + vocabulary * hidden)


def _layer_flops(mixer: Mixer, context: int, where: str) -> int:
    tokens = tokens_seen(mixer, context, where)
    if isinstance(mixer, StateSpace):
        return 0
    if isinstance(mixer, LatentAttention):
        return _latent_flops(mixer, tokens, where)
    heads, dim = known(where, heads=mixer.heads, head_dim=mixer.head_dim)
    return 2 * tokens * heads * 2 * dim


def _latent_flops(mixer: LatentAttention, tokens: int, where: str) -> int:
    heads, rank, rope = known(
        where, heads=mixer.heads, kv_lora_rank=mixer.kv_lora_rank, qk_rope_head_dim=mixer.qk_rope_head_dim
    )
    per_token = 2 * heads * (rank + rope + rank)
    if mixer.indexer is None:
        return tokens * per_token
    scoring = 2 * mixer.indexer.heads * (mixer.indexer.head_dim + 1)
    return min(tokens, mixer.indexer.top_k) * per_token + tokens * scoring
