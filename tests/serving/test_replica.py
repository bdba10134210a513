import json

import jinja2
import pytest

from harness.config.settings import load_models, load_replicas, project
from harness.errors import UsageError
from harness.records.architecture import GroupedAttention, LatentAttention
from harness.serving import Checkpoint
from harness.serving.replica import as_replica, chat_template, replica_of, twins_of, with_vision, write_replica
from tests.examples import model

MODELS = load_models(project().configs)
REPLICAS = load_replicas(project().configs)
WITH_TWIN = [m for m in MODELS.values() if m.replica is not None]
BYTES = [m for m in WITH_TWIN if REPLICAS[m.replica].tokenizer == "bytes"]
CONVERSATION = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]


def rendered(one, switch):
    template = jinja2.Environment().from_string(chat_template(one, replica_of(one)))
    return template.render(messages=CONVERSATION, add_generation_prompt=True, bos_token="<|begin|>", **switch)


@pytest.mark.parametrize("one", MODELS.values(), ids=lambda m: m.id)
def test_every_model_with_weights_has_a_twin_or_says_why_not(one):
    assert (one.replica is not None) != (one.no_replica is not None or one.hosted is not None)
    if one.replica is not None:
        assert one.replica in REPLICAS


def test_every_kind_of_twin_is_some_models():
    assert set(REPLICAS) == {name for m in WITH_TWIN for name in m.replicas}


@pytest.mark.parametrize("one", [m for m in MODELS.values() if m.architecture], ids=lambda m: m.id)
def test_a_model_takes_images_when_it_has_a_part_that_sees(one):
    assert one.images == any("vision" in tower.kind for tower in one.architecture.towers)


@pytest.mark.parametrize("one", [m for m in WITH_TWIN if m.images], ids=lambda m: m.id)
def test_a_model_that_takes_images_has_a_twin_that_does(one):
    seeing = REPLICAS[with_vision(one).replica]
    assert seeing.vision.image in chat_template(with_vision(one), seeing)


def test_a_model_without_a_twin_that_takes_images_says_so():
    with pytest.raises(UsageError, match="takes images"):
        with_vision(MODELS["a_x_k1"])


@pytest.mark.parametrize(
    "one", [m for m in BYTES if m.thinking and m.thinking.on and m.thinking.off], ids=lambda m: m.id
)
def test_a_twins_template_switches_thinking_as_the_models_own_does(one):
    on, off = rendered(one, one.thinking.on), rendered(one, one.thinking.off)
    assert on != off
    assert {"on": on, "off": off}.get(one.thinking.default, off) == rendered(one, {})


def test_a_model_that_does_not_think_shares_a_twin_with_one_that_does():
    instruct = MODELS["qwen3_vl_32b_thinking"].model_copy(update={"thinking": None})
    assert rendered(MODELS["qwen3_vl_32b_thinking"], {}) == rendered(instruct, {}) + "<think>\n"


@pytest.mark.parametrize(
    "one", [t for m in WITH_TWIN if m.architecture for t in twins_of(m)], ids=lambda t: f"{t.id}-{t.replica}"
)
def test_a_twin_keeps_what_a_kernel_looks_at(one):
    """Head sizes, windows, how many experts a token goes through, shared experts, dense layers before them."""
    small, real = REPLICAS[one.replica].config, one.architecture
    small = small.get("text_config", small)
    mixers = [real.mixers[group.mixer] for group in real.layers]
    blocks = [real.feed_forwards[group.feed_forward] for group in real.layers]
    for mixer in mixers:
        if isinstance(mixer, LatentAttention):
            same = ("kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim")
            assert {name: small[name] for name in same} == {name: getattr(mixer, name) for name in same}
        elif isinstance(mixer, GroupedAttention):
            heads = small.get("head_dim", small["hidden_size"] // small["num_attention_heads"])
            assert heads == mixer.head_dim
            assert small["num_attention_heads"] > small["num_key_value_heads"] or mixer.heads == mixer.kv_heads
    assert bool([m for m in mixers if getattr(m, "window", None)]) == ("sliding_window" in small)
    active = {block.active for block in blocks if block.experts}
    if active:
        assert small["num_experts_per_tok"] in active
        assert bool(small.get("first_k_dense_replace", 0)) == any(not block.experts for block in blocks)


def test_a_model_without_a_twin_says_why(tmp_path):
    with pytest.raises(UsageError, match="kernels need a GPU"):
        write_replica(model(no_replica="its kernels need a GPU"), tmp_path)


def test_a_twin_is_written_whole_and_is_the_same_every_time(tmp_path):
    for name in ("one", "two"):
        write_replica(MODELS["a_x_k1"], tmp_path / name)
    one, two = [sorted((tmp_path / name).iterdir()) for name in ("one", "two")]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    config = json.loads((tmp_path / "one" / "config.json").read_text())
    assert config["model_type"] == "axk1"
    assert config["vocab_size"] % 64 == 0


def test_a_twin_that_takes_images_is_written_with_their_tokens_and_the_released_names(tmp_path):
    write_replica(with_vision(MODELS["hyperclova_x_seed_think_32b"]), tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    tokenizer = Checkpoint(tmp_path, None).tokenizer(trust_remote_code=False)
    assert tokenizer.image_token == "<|IMAGE_PAD|>"
    assert tokenizer.encode("<|IMAGE_PAD|>") == [config["image_token_id"]]
    assert config["text_config"]["vocab_size"] % 64 == 0
    assert config["architectures"] == ["HCXVisionV2ForCausalLM"]
    names = Checkpoint(tmp_path, None).shapes
    assert {"model.mm_projector.weight", "model.language_model.model.norm.weight"} <= set(names)
    assert not [name for name in names if name.startswith("model.vision_projector")]


def test_a_twin_is_served_with_the_models_own_arguments_where_upstream_knows_them(tmp_path):
    assert as_replica(MODELS["k_exaone_236b"], tmp_path).args == MODELS["k_exaone_236b"].args
    solar = as_replica(MODELS["solar_open_100b"], tmp_path)
    assert solar.args == {"reasoning-parser": "deepseek_r1"}
    assert solar.thinking.tags == ("<think>", "</think>")
