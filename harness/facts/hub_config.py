"""An architecture from a checkpoint's config.json, for the usual families; what is not understood is named."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harness.facts.memory import WHOLE
from harness.facts.parameters import count
from harness.records.architecture import (
    Architecture,
    Dtype,
    FeedForward,
    GroupedAttention,
    Indexer,
    LatentAttention,
    LayerGroup,
    Mixer,
    Tower,
)

Config = Mapping[str, Any]
EXPERTS = ("n_routed_experts", "num_experts", "num_local_experts")
SHARED = ("n_shared_experts", "num_shared_experts")


@dataclass(frozen=True)
class Family:
    """What the classes of a model type build without a key in config.json that says so."""

    qk_norm: Literal["head", "projection"] | None = None
    qkv_bias: bool | None = None
    """None: as `attention_bias` says."""
    output_bias: bool | None = None
    norms: int = 2
    windowed: bool = False
    """`sliding_window` alone makes every layer a window."""
    one_width: bool = False
    """`intermediate_size` is that of an expert."""
    correction: bool = False
    expert_bias: bool = False
    sinks: bool = False
    latent: bool = False
    tied: bool = False


DEEPSEEK = Family(latent=True, correction=True)
FAMILIES: Mapping[str, Family] = {
    "llama": Family(),
    "smollm3": Family(),
    "hyperclovax": Family(),
    "mistral": Family(qkv_bias=False, output_bias=False, windowed=True),
    "mixtral": Family(qkv_bias=False, output_bias=False, windowed=True, one_width=True),
    "qwen2": Family(qkv_bias=True, output_bias=False),
    "qwen3": Family(qk_norm="head"),
    "qwen3_moe": Family(qk_norm="head"),
    "olmoe": Family(qk_norm="projection", one_width=True),
    "gemma3_text": Family(qk_norm="head", norms=4, tied=True),
    "exaone4": Family(qk_norm="head", qkv_bias=False, output_bias=False),
    "exaone_moe": Family(qk_norm="head", qkv_bias=False, output_bias=False, correction=True),
    "glm4_moe": Family(output_bias=False, correction=True),
    "solar_open": Family(output_bias=False, correction=True),
    "gpt_oss": Family(one_width=True, expert_bias=True, sinks=True),
    "deepseek_v3": DEEPSEEK,
    "deepseek_v32": DEEPSEEK,
    "axk1": Family(latent=True, correction=True, norms=3),
}
"""By `model_type`; each is held against the classes of transformers by a test."""

QUANTISED: Mapping[str, Dtype] = {"fp8": "fp8", "mxfp4": "mxfp4", "awq": "int4", "gptq": "int4"}


@dataclass(frozen=True)
class Read:
    """What a configuration says."""

    architecture: Architecture | None
    not_understood: list[str]
    """Keys, or a key and its value; with any of them there is no architecture."""


def read_config(config: Config, source: str) -> Read:
    """Return the architecture that a config.json describes, or the keys that stand in the way of it.

    `source` is written into the architecture. A model of several parts is read by its `text_config`; its encoders
    become towers without a size.
    """
    text: Config = {**config, **(config.get("text_config") or config.get("llm_config") or {})}
    name = str(text.get("model_type"))
    family = FAMILIES.get(name)
    if family is None:
        return Read(None, [f"model_type {name}"])
    problems = [key for key in _needed(text, family) if not isinstance(text.get(key), int)]
    dtype = _dtype(config)
    if dtype is None:
        problems.append(f"quantization_config {config.get('quantization_config')}")
    windows = _windows(text, family)
    problems += [f"layer_types {kind}" for kind in dict.fromkeys(windows) if isinstance(kind, str)]
    if problems or dtype is None:
        return Read(None, problems)
    mixers = {
        "local" if window else "global": _mixer(text, family, window)
        for window in windows
        if window is None or isinstance(window, int)
    }
    sparse = _sparse(text)
    blocks = {"experts" if routed else "dense": _block(text, family, routed) for routed in sparse}
    pairs = [
        ("local" if w else "global", "experts" if s else "dense") for w, s in zip(windows, sparse, strict=True)
    ]
    norms = family.norms + (2 if text.get("use_post_norm") else 0)
    layers = [
        LayerGroup(count=number, mixer=mixer, feed_forward=block, norms=norms)
        for (mixer, block), number in Counter(pairs).items()
    ]
    named = config.get("architectures") or [None]
    architecture = Architecture(
        source=source,
        class_name=named[0],
        hidden_size=text["hidden_size"],
        vocab_size=text["vocab_size"],
        tied_embeddings=bool(text.get("tie_word_embeddings", family.tied)),
        context=text["max_position_embeddings"],
        dtype=dtype,
        mixers=mixers,
        feed_forwards=blocks,
        layers=layers,
        mtp_layers=text.get("num_nextn_predict_layers") or 0,
        towers=[Tower(kind=key.removesuffix("_config"), source=source) for key in _encoders(config)],
    )
    return Read(architecture, [])


def held_against(architecture: Architecture, stored: int) -> Architecture | None:
    """Return the architecture with what the stored tensors add to it; None where they contradict its sizes.

    `stored` is the number of elements in the checkpoint. What is more than the language model is that of its
    towers, or of its multi-token-prediction layers. Packed formats store other numbers, and are taken as they are.
    """
    if architecture.dtype not in WHOLE:
        return architecture
    counted = count(architecture.model_copy(update={"towers": []}))
    more = stored - counted.total - counted.router_corrections
    if more > 0 and architecture.towers:
        kinds = " and ".join(tower.kind for tower in architecture.towers)
        tower = Tower(kind=kinds, parameters=more, source="tensors of the checkpoint beside the language model")
        return architecture.model_copy(update={"towers": [tower]})
    if more > 0 and architecture.mtp_layers:
        return architecture.model_copy(update={"mtp_parameters": more})
    return architecture if more in (0, -counted.router_corrections) and not architecture.towers else None


def _needed(text: Config, family: Family) -> list[str]:
    keys = ["hidden_size", "vocab_size", "max_position_embeddings", "num_hidden_layers", "num_attention_heads"]
    if family.latent:
        keys += ["kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"]
    if not _experts(text) or family.one_width or not all(_sparse(text)):
        keys.append("intermediate_size")
    if _experts(text):
        keys += ["num_experts_per_tok"] + ([] if family.one_width else ["moe_intermediate_size"])
    return keys


def _windows(text: Config, family: Family) -> list[int | str | None]:
    """Return each layer's window; None sees all, a text is a kind of layer that is not known here."""
    number, window = int(text.get("num_hidden_layers") or 0), text.get("sliding_window")
    kinds, pattern = text.get("layer_types"), text.get("sliding_window_pattern")
    if kinds:
        known: dict[str, int | None] = {
            "full_attention": None,
            "indexed_attention": None,
            "sliding_attention": window,
        }
        return [known.get(kind, kind) for kind in kinds]
    if not window:
        return [None] * number
    if isinstance(pattern, str):
        return [window if pattern[i % len(pattern)] == "L" else None for i in range(number)]
    if isinstance(pattern, int):
        return [window if (i + 1) % pattern else None for i in range(number)]
    first = int(text.get("max_window_layers") or 0) if text.get("use_sliding_window") else number
    return [window if family.windowed or i >= first else None for i in range(number)]


def _mixer(text: Config, family: Family, window: int | None) -> Mixer:
    heads = text["num_attention_heads"]
    if family.latent:
        names = ("q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim")
        ranks = {name: text.get(name) for name in names}
        indexer = None
        if text.get("index_topk"):
            keys = {"heads": "index_n_heads", "head_dim": "index_head_dim", "top_k": "index_topk"}
            indexer = Indexer(**{name: text[key] for name, key in keys.items()})
        return LatentAttention(kind="latent", heads=heads, window=window, indexer=indexer, **ranks)
    bias = bool(text.get("attention_bias", False))
    return GroupedAttention(
        heads=heads,
        kv_heads=text.get("num_key_value_heads") or heads,
        head_dim=text.get("head_dim") or text["hidden_size"] // heads,
        window=window,
        qk_norm="head" if text["model_type"] == "glm4_moe" and text.get("use_qk_norm") else family.qk_norm,
        qkv_bias=bias if family.qkv_bias is None else family.qkv_bias,
        output_bias=bias if family.output_bias is None else family.output_bias,
        sinks=family.sinks,
    )


def _sparse(text: Config) -> list[bool]:
    """Return for each layer whether it has experts."""
    number = int(text.get("num_hidden_layers") or 0)
    if not _experts(text):
        return [False] * number
    kinds: Sequence[str] = text.get("mlp_layer_types") or ()
    if kinds:
        return [kind == "sparse" for kind in kinds]
    dense, step = text.get("mlp_only_layers") or (), text.get("decoder_sparse_step") or 1
    first = text.get("first_k_dense_replace") or 0
    return [i >= first and i not in dense and (i + 1) % step == 0 for i in range(number)]


def _block(text: Config, family: Family, routed: bool) -> FeedForward:
    if not routed:
        return FeedForward(intermediate=text["intermediate_size"], bias=bool(text.get("mlp_bias", False)))
    width = text["intermediate_size" if family.one_width else "moe_intermediate_size"]
    shared = next((text[key] for key in SHARED if text.get(key)), 0)
    return FeedForward(
        intermediate=width,
        experts=_experts(text),
        active=text["num_experts_per_tok"],
        shared_intermediate=shared * width,
        router_correction=family.correction,
        bias=family.expert_bias,
    )


def _experts(text: Config) -> int:
    return next((int(text[key]) for key in EXPERTS if text.get(key)), 0)


def _dtype(config: Config) -> Dtype | None:
    quantised = config.get("quantization_config")
    if quantised:
        return QUANTISED.get(str(quantised.get("quant_method")))
    named = str(config.get("dtype") or config.get("torch_dtype"))
    return "float32" if named == "float32" else "bfloat16"


def _encoders(config: Config) -> list[str]:
    return [key for key in ("vision_config", "audio_config") if config.get(key)]
