"""A config.json is read back into the architecture that it was written from."""

import pytest
import torch
import transformers
from transformers import AutoModelForCausalLM

from harness.facts.hub_config import FAMILIES, held_against, read_config
from harness.facts.parameters import count
from tests.facts.hub_configs import FAMILIES as CONFIGURED
from tests.facts.hub_configs import text_config
from tests.facts.models import ARCHITECTURES

SMALL = {
    "vocab_size": 512,
    "hidden_size": 64,
    "intermediate_size": 96,
    "moe_intermediate_size": 32,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "num_experts_per_tok": 2,
    "max_position_embeddings": 1024,
    "pad_token_id": 0,
}
EXPERTS = {"num_experts": 8, "num_local_experts": 8, "n_routed_experts": 8}
LATENT = {
    "q_lora_rank": 24,
    "kv_lora_rank": 32,
    "qk_nope_head_dim": 16,
    "qk_rope_head_dim": 8,
    "v_head_dim": 16,
    "num_key_value_heads": 4,
    "first_k_dense_replace": 1,
}
OTHERS = {
    "llama": {"attention_bias": True, "mlp_bias": True},
    "smollm3": {},
    "mistral": {"sliding_window": 16},
    "mixtral": EXPERTS,
    "qwen2": {"use_sliding_window": True, "sliding_window": 16, "max_window_layers": 2},
    "qwen3": {"tie_word_embeddings": True},
    "qwen3_moe": {**EXPERTS, "mlp_only_layers": [0], "decoder_sparse_step": 1},
    "gemma3_text": {"head_dim": 16, "sliding_window": 16},
    "glm4_moe": {**EXPERTS, "attention_bias": True, "use_qk_norm": True, "n_shared_experts": 2},
    "gpt_oss": {**EXPERTS, "head_dim": 16},
    "deepseek_v3": {**EXPERTS, **LATENT, "n_group": 2, "topk_group": 1},
}


def read(config: dict):
    found = read_config(config, "config.json")
    assert found.not_understood == []
    return found.architecture


@pytest.mark.parametrize("id_", [i for i in CONFIGURED if CONFIGURED[i] != "GraniteMoeHybridConfig"])
def test_a_model_of_the_zoo_is_read_as_it_was_entered(id_):
    entered = ARCHITECTURES[id_]
    found = read(text_config(id_, entered).to_dict())
    assert count(found) == count(entered.model_copy(update={"towers": []}))
    assert {(g.count, g.norms) for g in found.layers} == {(g.count, g.norms) for g in entered.layers}
    assert set(found.mixers) == set(entered.mixers) or set(found.mixers) == {"global"}


@pytest.mark.parametrize("family", OTHERS)
def test_a_small_model_has_as_many_parameters_as_its_class_builds(family):
    config = transformers.AutoConfig.for_model(family, **{**SMALL, **OTHERS[family]})
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    stored = sum(p.numel() for p in model.parameters())
    found = read({**config.to_dict(), "num_nextn_predict_layers": None})
    assert count(found).total == stored
    assert held_against(found, stored) == found
    assert held_against(found, stored + 1) is None


def test_every_family_stands_in_a_test():
    zoo = {text_config(i, ARCHITECTURES[i]).model_type for i in CONFIGURED}
    assert set(FAMILIES) <= zoo | set(OTHERS)


def test_another_family_or_kind_of_layer_is_named_and_not_guessed():
    assert read_config({"model_type": "mamba2"}, "x").not_understood == ["model_type mamba2"]
    found = read_config({**SMALL, "model_type": "qwen3", "layer_types": ["linear_attention"] * 4}, "x")
    assert found.architecture is None
    assert found.not_understood == ["layer_types linear_attention"]
    found = read_config({**SMALL, "model_type": "qwen3", "quantization_config": {"quant_method": "odd"}}, "x")
    assert "odd" in found.not_understood[0]
    assert read_config({"model_type": "qwen3"}, "x").not_understood[0] == "hidden_size"


def test_windows_are_read_from_a_list_a_pattern_or_one_number():
    base = {**SMALL, "model_type": "exaone4", "sliding_window": 16}
    for pattern in ("LLLG", 4):
        found = read({**base, "sliding_window_pattern": pattern})
        assert {(g.mixer, g.count) for g in found.layers} == {("local", 3), ("global", 1)}
    assert read({**SMALL, "model_type": "mistral", "sliding_window": 16}).layers[0].mixer == "local"
    assert (
        read({**SMALL, "model_type": "qwen3", "sliding_window": 16, "use_sliding_window": False}).layers[0].mixer
        == "global"
    )


def test_encoders_become_what_the_tensors_hold_beside_the_language_model():
    text = {**SMALL, "model_type": "qwen3"}
    found = read(
        {"model_type": "qwen3_vl", "architectures": ["X"], "text_config": text, "vision_config": {"depth": 2}}
    )
    language = count(found.model_copy(update={"towers": []})).total
    with_tower = held_against(found, language + 1000)
    assert (with_tower.towers[0].kind, with_tower.towers[0].parameters) == ("vision", 1000)
    assert held_against(found, language) is None


def test_prediction_layers_are_what_is_left_of_the_tensors():
    config = transformers.AutoConfig.for_model("deepseek_v3", **{**SMALL, **OTHERS["deepseek_v3"]}).to_dict()
    found = read({**config, "num_nextn_predict_layers": 1})
    counted = count(found)
    assert held_against(found, counted.total + counted.router_corrections + 500).mtp_parameters == 500
