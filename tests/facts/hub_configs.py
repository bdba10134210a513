"""The configuration of transformers that stands for an architecture: every size comes from the architecture."""

from typing import Any

import transformers
from transformers.models.qwen2_5_vl.configuration_qwen2_5_vl import Qwen2_5_VLVisionConfig

from harness.records.architecture import (
    Architecture,
    FeedForward,
    GroupedAttention,
    LatentAttention,
    StateSpace,
    VisionTransformer,
)

FAMILIES = {
    "a_x_k1": "AXK1Config",
    "deepseek_v3": "DeepseekV3Config",
    "deepseek_v3_1": "DeepseekV3Config",
    "deepseek_v3_2": "DeepseekV32Config",
    "exaone_4_0_32b": "Exaone4Config",
    "glm_4_5_air": "Glm4MoeConfig",
    "glm_4_6": "Glm4MoeConfig",
    "gpt_oss_120b": "GptOssConfig",
    "gpt_oss_20b": "GptOssConfig",
    "granite_4_0_h_tiny": "GraniteMoeHybridConfig",
    "hyperclova_x_seed_think_32b": "HyperCLOVAXConfig",
    "k_exaone_236b": "ExaoneMoeConfig",
    "olmoe": "OlmoeConfig",
    "qwen3_235b_a22b_instruct_2507": "Qwen3MoeConfig",
    "qwen3_235b_a22b_thinking_2507": "Qwen3MoeConfig",
    "qwen3_30b_a3b_instruct_2507": "Qwen3MoeConfig",
    "qwen3_32b": "Qwen3Config",
    "smollm2_135m": "LlamaConfig",
    "solar_open_100b": "SolarOpenConfig",
}
# What transformers calls the number of routed experts, and the width of one where it is not moe_intermediate_size.
EXPERTS = {"ExaoneMoeConfig": "num_experts", "Qwen3MoeConfig": "num_experts", "OlmoeConfig": "num_experts"}
EXPERTS |= {"GptOssConfig": "num_local_experts", "GraniteMoeHybridConfig": "num_local_experts"}
ONE_WIDTH = {"GptOssConfig", "OlmoeConfig", "GraniteMoeHybridConfig"}


def text_config(id_: str, architecture: Architecture) -> Any:
    """Return the transformers configuration of the language model."""
    family = FAMILIES[id_]
    fields: dict[str, Any] = {
        "vocab_size": architecture.vocab_size,
        "hidden_size": architecture.hidden_size,
        "num_hidden_layers": sum(group.count for group in architecture.layers),
        "tie_word_embeddings": architecture.tied_embeddings,
        "pad_token_id": None,
        "layer_types": layer_types(architecture),
    }
    for mixer in architecture.mixers.values():
        fields |= mixer_fields(mixer)
    for name, block in architecture.feed_forwards.items():
        layers = sum(group.count for group in architecture.layers if group.feed_forward == name)
        fields |= feed_forward_fields(family, block, layers)
    if family not in {"Qwen3Config", "Exaone4Config", "ExaoneMoeConfig", "GptOssConfig", "GraniteMoeHybridConfig"}:
        del fields["layer_types"]
    return getattr(transformers, family)(**fields)


def layer_types(architecture: Architecture) -> list[str]:
    """Return one name per layer; their order changes no count."""
    names = []
    for group in architecture.layers:
        mixer = architecture.mixers[group.mixer]
        if isinstance(mixer, StateSpace):
            names += ["linear_attention"] * group.count
        else:
            names += ["full_attention" if mixer.window is None else "sliding_attention"] * group.count
    if any(isinstance(mixer, StateSpace) for mixer in architecture.mixers.values()):
        return ["attention" if name == "full_attention" else name for name in names]
    return names


def mixer_fields(mixer: GroupedAttention | LatentAttention | StateSpace) -> dict[str, Any]:
    if isinstance(mixer, StateSpace):
        return {
            "mamba_n_heads": mixer.heads,
            "mamba_d_head": mixer.head_dim,
            "mamba_d_state": mixer.state_size,
            "mamba_n_groups": mixer.groups,
            "mamba_d_conv": mixer.conv_kernel,
            "mamba_conv_bias": mixer.conv_bias,
        }
    if isinstance(mixer, LatentAttention):
        names = ("q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim")
        fields = {name: getattr(mixer, name) for name in names}
        fields |= {"num_attention_heads": mixer.heads, "num_key_value_heads": mixer.heads}
        if mixer.indexer:
            fields |= {"index_n_heads": mixer.indexer.heads, "index_head_dim": mixer.indexer.head_dim}
            fields |= {"index_topk": mixer.indexer.top_k}
        return fields
    fields = {
        "num_attention_heads": mixer.heads,
        "num_key_value_heads": mixer.kv_heads,
        "head_dim": mixer.head_dim,
    }
    fields |= {"attention_bias": mixer.qkv_bias, "use_qk_norm": mixer.qk_norm == "head"}
    return fields | ({"sliding_window": mixer.window} if mixer.window else {})


def feed_forward_fields(family: str, block: FeedForward, layers: int) -> dict[str, Any]:
    if not block.experts:
        return {"intermediate_size": block.intermediate, "first_k_dense_replace": layers}
    fields: dict[str, Any] = {
        EXPERTS.get(family, "n_routed_experts"): block.experts,
        "num_experts_per_tok": block.active,
        "intermediate_size" if family in ONE_WIDTH else "moe_intermediate_size": block.intermediate,
        "shared_intermediate_size": block.shared_intermediate,
    }
    assert block.intermediate
    assert block.shared_intermediate is not None
    shared = block.shared_intermediate // block.intermediate
    return fields | {"n_shared_experts": shared, "num_shared_experts": shared}


def vision_config(sizes: VisionTransformer) -> Any:
    """Return the transformers configuration of a Qwen2.5-VL vision encoder."""
    return Qwen2_5_VLVisionConfig(
        depth=sizes.depth,
        hidden_size=sizes.hidden_size,
        intermediate_size=sizes.intermediate_size,
        out_hidden_size=sizes.out_hidden_size,
        patch_size=sizes.patch_size,
        temporal_patch_size=sizes.temporal_patch_size,
        in_channels=sizes.channels,
        spatial_merge_size=sizes.merge_size,
    )
