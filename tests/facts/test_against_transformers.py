"""Counts against the classes of transformers, built without memory on the meta device from the same sizes."""

from functools import cache

import pytest
import torch
from transformers import AutoModelForCausalLM
from transformers.models.hyperclovax_vision_v2 import (
    HyperCLOVAXVisionV2Config,
    HyperCLOVAXVisionV2ForConditionalGeneration,
)
from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VisionTransformerPretrainedModel

from harness.facts.parameters import count
from harness.facts.towers import vision_transformer_parameters
from harness.records.architecture import Architecture, VisionTransformer
from tests.facts.hub_configs import FAMILIES, text_config, vision_config
from tests.facts.models import ARCHITECTURES

# transformers leaves out the norm behind A.X K1's dense block, which vLLM asks for and the printed total holds.
LEFT_OUT = {"a_x_k1": 7168}


@cache
def built(id_: str) -> torch.nn.Module:
    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(text_config(id_, ARCHITECTURES[id_]))


def elements(model: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def experts_of(architecture: Architecture) -> tuple[int, int]:
    (block,) = [b for b in architecture.feed_forwards.values() if b.experts]
    return block.experts, block.active


@pytest.mark.parametrize("id_", FAMILIES)
def test_the_language_model_has_as_many_parameters_as_its_class_builds(id_: str):
    counted = count(ARCHITECTURES[id_])
    assert counted.total - counted.towers == elements(built(id_)) + LEFT_OUT.get(id_, 0)


@pytest.mark.parametrize("id_", FAMILIES)
def test_tables_are_as_large_as_the_class_builds_them(id_: str):
    counted, model = count(ARCHITECTURES[id_]), built(id_)
    table, head = model.get_input_embeddings().weight, model.get_output_embeddings().weight
    assert counted.embedding == table.numel()
    assert counted.output == (0 if ARCHITECTURES[id_].tied_embeddings else head.numel())


@pytest.mark.parametrize(
    "id_", [i for i in FAMILIES if any(b.experts for b in ARCHITECTURES[i].feed_forwards.values())]
)
def test_experts_that_a_token_does_not_go_through_are_not_active(id_: str):
    experts, active = experts_of(ARCHITECTURES[id_])
    stacked = [p for name, p in built(id_).named_parameters() if ".experts." in name]
    assert all(parameter.shape[0] == experts for parameter in stacked)
    idle = sum(parameter.numel() for parameter in stacked) // experts * (experts - active)
    assert count(ARCHITECTURES[id_]).active == elements(built(id_)) + LEFT_OUT.get(id_, 0) - idle


@pytest.mark.parametrize("id_", FAMILIES)
def test_router_corrections_are_the_buffers_of_that_name(id_: str):
    buffers = [b for name, b in built(id_).named_buffers() if name.endswith("e_score_correction_bias")]
    assert count(ARCHITECTURES[id_]).router_corrections == sum(buffer.numel() for buffer in buffers)


def test_a_dense_model_is_active_as_a_whole():
    counted = count(ARCHITECTURES["qwen3_32b"])
    assert counted.active == counted.total


def test_the_vision_encoder_has_as_many_parameters_as_its_class_builds():
    sizes = ARCHITECTURES["hyperclova_x_seed_think_32b"].towers[0].sizes
    assert isinstance(sizes, VisionTransformer)
    with torch.device("meta"):
        model = Qwen2_5_VisionTransformerPretrainedModel._from_config(vision_config(sizes))
    assert vision_transformer_parameters(sizes) == elements(model)


def test_language_model_encoder_and_projector_are_all_of_hyperclova():
    architecture = ARCHITECTURES["hyperclova_x_seed_think_32b"]
    sizes = architecture.towers[0].sizes
    assert isinstance(sizes, VisionTransformer)
    config = HyperCLOVAXVisionV2Config(
        text_config=text_config("hyperclova_x_seed_think_32b", architecture),
        vision_config=vision_config(sizes),
        tie_word_embeddings=False,
    )
    with torch.device("meta"):
        model = HyperCLOVAXVisionV2ForConditionalGeneration(config)
    assert count(architecture).total == elements(model)
