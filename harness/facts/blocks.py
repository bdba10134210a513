"""How many weights one layer holds, sorted by what happens to them."""

from harness.facts.unpublished import known
from harness.records.architecture import (
    Architecture,
    FeedForward,
    GroupedAttention,
    LatentAttention,
    LayerGroup,
    Mixer,
    StateSpace,
)
from harness.records.base import Record


class LayerWeights(Record):
    """Weights of a layer, or of several layers together."""

    linear: int = 0
    """Matrices that every token is multiplied with, but for the router."""
    router: int = 0
    """The matrices that choose the experts."""
    routed: int = 0
    """Matrices of all routed experts."""
    routed_active: int = 0
    """Matrices of those that one token goes through."""
    routed_biases: int = 0
    routed_biases_active: int = 0
    other: int = 0
    """Norms, biases, convolutions and the like."""
    corrections: int = 0
    """One stored bias per expert that balances the choice; not trained by gradients."""

    def __add__(self, other: "LayerWeights") -> "LayerWeights":
        """Return the sum, field by field."""
        return LayerWeights(**{name: value + getattr(other, name) for name, value in self})

    def times(self, count: int) -> "LayerWeights":
        """Return the weights of `count` such layers."""
        return LayerWeights(**{name: value * count for name, value in self})

    @property
    def total(self) -> int:
        """All weights but the corrections."""
        return self.linear + self.router + self.routed + self.routed_biases + self.other

    @property
    def routed_inactive(self) -> int:
        """Weights of the routed experts that one token does not go through."""
        return self.routed - self.routed_active + self.routed_biases - self.routed_biases_active


def all_layers(architecture: Architecture) -> LayerWeights:
    """Return the weights of all layers together; raise UnpublishedError where a size they need is missing."""
    weights = LayerWeights()
    for group in architecture.layers:
        weights += layer(architecture, group).times(group.count)
    return weights


def layer(architecture: Architecture, group: LayerGroup) -> LayerWeights:
    """Return the weights of one layer of the group; raise UnpublishedError where a size is missing."""
    (hidden,) = known("", hidden_size=architecture.hidden_size)
    mixer = mixer_weights(architecture.mixers[group.mixer], hidden, f"mixers.{group.mixer}")
    block = architecture.feed_forwards[group.feed_forward]
    norms = LayerWeights(other=group.norms * hidden)
    return mixer + feed_forward_weights(block, hidden, f"feed_forwards.{group.feed_forward}") + norms


def mixer_weights(mixer: Mixer, hidden: int, where: str = "mixer") -> LayerWeights:
    """Return the weights of the part that mixes tokens; raise UnpublishedError where a size is missing."""
    if isinstance(mixer, GroupedAttention):
        return _grouped(mixer, hidden, where)
    if isinstance(mixer, LatentAttention):
        return _latent(mixer, hidden, where)
    return _state_space(mixer, hidden)


def _grouped(mixer: GroupedAttention, hidden: int, where: str) -> LayerWeights:
    heads, groups, dim = known(where, heads=mixer.heads, kv_heads=mixer.kv_heads, head_dim=mixer.head_dim)
    queries, keys = heads * dim, groups * dim
    norms = {"head": 2 * dim, "projection": queries + keys, None: 0}[mixer.qk_norm]
    biases = (queries + 2 * keys) * mixer.qkv_bias + hidden * mixer.output_bias
    return LayerWeights(linear=hidden * (2 * queries + 2 * keys), other=norms + biases + heads * mixer.sinks)


def _latent(mixer: LatentAttention, hidden: int, where: str) -> LayerWeights:
    heads, rank, nope, rope, value = known(
        where,
        heads=mixer.heads,
        kv_lora_rank=mixer.kv_lora_rank,
        qk_nope_head_dim=mixer.qk_nope_head_dim,
        qk_rope_head_dim=mixer.qk_rope_head_dim,
        v_head_dim=mixer.v_head_dim,
    )
    linear = hidden * (rank + rope) + rank * heads * (nope + value) + heads * value * hidden
    other = rank
    queries = heads * (nope + rope)
    if mixer.q_lora_rank is None:
        return LayerWeights(linear=linear + hidden * queries, other=other)
    (low,) = known(where, q_lora_rank=mixer.q_lora_rank)
    linear += low * (hidden + queries)
    other += low
    if mixer.indexer:
        # Its queries start from the low-rank query; its key has a LayerNorm with weight and bias.
        width = mixer.indexer.head_dim
        linear += low * mixer.indexer.heads * width + hidden * width + hidden * mixer.indexer.heads
        other += 2 * width
    return LayerWeights(linear=linear, other=other)


def _state_space(mixer: StateSpace, hidden: int) -> LayerWeights:
    inner = mixer.heads * mixer.head_dim
    convolved = inner + 2 * mixer.groups * mixer.state_size
    linear = hidden * (inner + convolved + mixer.heads) + inner * hidden
    convolution = convolved * mixer.conv_kernel + convolved * mixer.conv_bias
    # Per head: step bias, decay and skip; then the norm before the output projection.
    return LayerWeights(linear=linear, other=convolution + 3 * mixer.heads + inner)


def feed_forward_weights(block: FeedForward, hidden: int, where: str = "feed_forward") -> LayerWeights:
    """Return the weights of a gated feed-forward block; raise UnpublishedError where a size is missing."""
    width, shared = known(where, intermediate=block.intermediate, shared_intermediate=block.shared_intermediate)
    matrices, biases = 3 * hidden * width, (2 * width + hidden) * block.bias
    if not block.experts:
        return LayerWeights(linear=matrices, other=biases)
    return LayerWeights(
        linear=3 * hidden * shared,
        router=hidden * block.experts,
        routed=block.experts * matrices,
        routed_active=block.active * matrices,
        routed_biases=block.experts * biases,
        routed_biases_active=block.active * biases,
        other=block.experts * block.bias,
        corrections=block.experts * block.router_correction,
    )
