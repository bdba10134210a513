"""What a model's own configuration says about its shape; sizes that are not published are None."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from harness.records.base import Record

Window = int | Literal["unpublished"] | None
"""Tokens that a sliding-window layer looks back; None sees the whole context."""

Rank = int | Literal["unpublished"] | None
"""Rank of a projection in two steps; None is a projection in one step."""

Dtype = Literal["float32", "bfloat16", "fp8", "mxfp4", "int4"]


class GroupedAttention(Record):
    """Attention whose heads share keys and values by groups; as many groups as heads is multi-head attention."""

    kind: Literal["attention"] = "attention"
    heads: int | None
    kv_heads: int | None
    head_dim: int | None
    window: Window = None
    qk_norm: Literal["head", "projection"] | None = None
    """RMSNorm of queries and keys, over each head or over the whole projection."""
    qkv_bias: bool = False
    output_bias: bool = False
    sinks: bool = False
    """One learned logit per head (gpt-oss)."""


class Indexer(Record):
    """The small scorer that picks the tokens a sparse layer attends to (DeepSeek-V3.2)."""

    heads: int
    head_dim: int
    top_k: int


class LatentAttention(Record):
    """Multi-head latent attention: the cache holds one low-rank vector and one rotary key per token."""

    kind: Literal["latent"]
    heads: int | None
    q_lora_rank: Rank = None
    kv_lora_rank: int | None
    qk_nope_head_dim: int | None
    qk_rope_head_dim: int | None
    v_head_dim: int | None
    window: Window = None
    indexer: Indexer | None = None


class StateSpace(Record):
    """A Mamba-2 block: a state of fixed size in place of a cache that grows."""

    kind: Literal["state_space"]
    heads: int
    head_dim: int
    state_size: int
    groups: int
    conv_kernel: int
    conv_bias: bool = True


Mixer = Annotated[GroupedAttention | LatentAttention | StateSpace, Field(discriminator="kind")]


class FeedForward(Record):
    """A gated feed-forward block, or a mixture of them."""

    intermediate: int | None
    """Of the dense block, or of each routed expert."""
    experts: int = 0
    """Routed experts; 0 is a dense block."""
    active: int = 0
    """Routed experts that one token goes through."""
    shared_intermediate: int | None = 0
    """Of all shared experts together, which every token goes through."""
    router_correction: bool = False
    """A bias per expert that balances the choice (DeepSeek-V3); stored beside the weights."""
    bias: bool = False
    """Biases in experts and router (gpt-oss)."""


class LayerGroup(Record):
    """Layers of one make."""

    count: int = Field(gt=0)
    mixer: str
    feed_forward: str
    norms: int = 2
    """RMSNorms over the hidden size."""


class VisionTransformer(Record):
    """The encoder of Qwen2.5-VL: patches in, merged and projected tokens out, biases in all but the patches."""

    form: Literal["qwen2_5_vl"]
    depth: int
    hidden_size: int
    intermediate_size: int
    out_hidden_size: int
    patch_size: int
    temporal_patch_size: int = 2
    channels: int = 3
    merge_size: int = 2
    """Patches merged per side before the projection."""


class LinearProjector(Record):
    """One linear layer with bias from an encoder to the language model."""

    form: Literal["linear"]
    inputs: int
    outputs: int


class Tower(Record):
    """A part beside the language model: an encoder (vision, audio) or what joins it to the language model."""

    kind: str
    parameters: int | None = None
    """Where only their number is published."""
    sizes: Annotated[VisionTransformer | LinearProjector, Field(discriminator="form")] | None = None
    """Where the sizes are published; they take precedence."""
    source: str


class Counted(Record):
    """Numbers that a hub or the maker counted from the checkpoint itself."""

    parameters_total: int | None = None
    checkpoint_bytes: int | None = None
    source: str


class Architecture(Record):
    """Enough of a configuration to count parameters, cache and arithmetic without the weights."""

    source: str
    """Where these sizes are stated."""
    class_name: str | None = None
    """Class that the checkpoint's config.json names under `architectures`, which the engine looks for."""
    hidden_size: int | None
    vocab_size: int | None
    tied_embeddings: bool | None = False
    context: int
    dtype: Dtype = "bfloat16"
    """Of the released checkpoint's main weights."""
    mixers: dict[str, Mixer]
    feed_forwards: dict[str, FeedForward]
    layers: list[LayerGroup]
    """Counts per make; the order of layers changes no number."""
    mtp_layers: int = 0
    """Multi-token-prediction layers beside the language model."""
    mtp_parameters: int | None = None
    """Of the multi-token-prediction layers, published or counted from their published make; never in a total."""
    towers: list[Tower] = Field(default_factory=list)
    counted: Counted | None = None

    @model_validator(mode="after")
    def _layers_name_what_exists(self) -> Self:
        for group in self.layers:
            if group.mixer not in self.mixers:
                raise ValueError(f"layers name the mixer {group.mixer!r}; known: {', '.join(self.mixers)}")
            if group.feed_forward not in self.feed_forwards:
                known = ", ".join(self.feed_forwards)
                raise ValueError(f"layers name the feed-forward block {group.feed_forward!r}; known: {known}")
        return self
