from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.facts.memory import (
    ALIASES,
    DTYPES,
    GPUS,
    OVERHEAD,
    UTILISATION,
    gpu_named,
    minimal_gpus,
    weights_bytes,
)
from harness.facts.unpublished import missing_sizes
from harness.planning.fit import engine_of, fit, served_in
from harness.planning.shares import divides, shares, stage_layers
from harness.records import Architecture, Fit, Layout, Model
from harness.records.architecture import GroupedAttention
from tests.examples import model
from tests.facts.models import MODELS

COMPLETE = {i: m for i, m in MODELS.items() if m.architecture and not missing_sizes(m.architecture)}
BY_MEMORY = sorted(GPUS, key=lambda gpu: GPUS[gpu])
ENGINE = engine_of({})


def changed(**changes: Any) -> Model:
    """The small model with other sizes."""
    architecture = model().architecture
    assert architecture
    return model(architecture=architecture.model_dump() | changes)


def sizes(of: Model) -> Architecture:
    assert of.architecture
    return of.architecture


def laid_out(found: Fit) -> Layout:
    assert found.fits
    assert found.layout
    return found.layout


class TestWhatOneGpuHolds:
    def test_a_small_model_cut_in_two_by_hand(self):
        (share,) = shares(sizes(model()), "bfloat16", (2, 1), 4096, ENGINE)
        layer = (4 * 1000 * 1000 + 3 * 1000 * 4000) // 2 + 2 * 1000
        tables = 2 * 10_000 * 1000 // 2
        assert share.weights == 2 * (10 * layer + tables + 1000) == 180_042_000
        assert share.cache == 10 * 4096 * 2 * 5 * 100 * 2 == 81_920_000

    @pytest.mark.parametrize("id_", COMPLETE)
    @pytest.mark.parametrize("dtype", ["bfloat16", "fp8", "mxfp4"])
    def test_one_gpu_holds_what_the_facts_say(self, id_: str, dtype: Any):
        (share,) = shares(sizes(COMPLETE[id_]), dtype, (1, 1), 1, ENGINE)
        assert share.weights == pytest.approx(weights_bytes(sizes(COMPLETE[id_]), dtype), abs=100)

    def test_stages_hold_the_tables_at_the_ends_only(self):
        first, middle, last = shares(sizes(changed(layers=[_layers(9)])), "bfloat16", (1, 3), 4096, ENGINE)
        assert first.weights - middle.weights == 2 * 10_000 * 1000
        assert last.weights - middle.weights == 2 * (10_000 * 1000 + 1000)
        assert first.cache == middle.cache == last.cache

    def test_the_last_stage_has_its_own_copy_of_a_shared_table(self):
        tied = sizes(changed(tied_embeddings=True))
        first, last = shares(tied, "bfloat16", (1, 2), 4096, ENGINE)
        assert last.weights == first.weights + 2 * 1000
        (alone,) = shares(tied, "bfloat16", (1, 1), 4096, ENGINE)
        assert alone.weights == weights_bytes(tied, "bfloat16")

    @pytest.mark.parametrize(
        ("layers", "stages", "dealt"),
        [(61, 4, [15, 15, 16, 15]), (61, 2, [31, 30]), (10, 4, [2, 3, 3, 2]), (48, 3, [16, 16, 16])],
    )
    def test_layers_are_dealt_as_vllm_deals_them(self, layers: int, stages: int, dealt: list[int]):
        assert stage_layers(layers, stages) == dealt

    def test_kv_heads_are_copied_beyond_their_number(self):
        exaone = sizes(MODELS["k_exaone_236b"])
        eight, sixteen, four = (shares(exaone, "bfloat16", (n, 1), 65536, ENGINE)[0] for n in (8, 16, 4))
        assert four.cache == 2 * eight.cache
        assert sixteen.cache == eight.cache
        assert sixteen.weights > eight.weights / 2

    def test_a_latent_cache_is_whole_on_every_rank(self):
        axk1 = sizes(MODELS["a_x_k1"])
        held = {shares(axk1, "bfloat16", (n, 1), 131072, ENGINE)[0].cache for n in (1, 8, 32)}
        assert held == {61 * 131072 * (512 + 64) * 2}

    def test_projections_into_the_latent_space_are_copied(self):
        axk1 = sizes(MODELS["a_x_k1"])
        half, whole = (shares(axk1, "bfloat16", (n, 1), 1, ENGINE)[0].weights for n in (2, 1))
        copied = 61 * 7168 * (512 + 64 + 1536) * 2
        assert 2 * half - whole == pytest.approx(copied, rel=0.1)

    def test_a_window_holds_itself_and_two_steps(self):
        local = {"kind": "attention", "heads": 10, "kv_heads": 10, "head_dim": 100, "window": 128}
        windowed = sizes(changed(context=100_000, mixers={"all": local}))
        per_token = 10 * 2 * 10 * 100 * 2
        (share,) = shares(windowed, "bfloat16", (1, 1), 100_000, ENGINE)
        assert share.cache == (127 + 2 * 8192) * per_token
        (off,) = shares(
            windowed, "bfloat16", (1, 1), 100_000, engine_of({"disable-hybrid-kv-cache-manager": True})
        )
        assert off.cache == 100_000 * per_token
        (short,) = shares(windowed, "bfloat16", (1, 1), 1000, ENGINE)
        assert short.cache == 1000 * per_token

    def test_states_do_not_grow_with_the_context(self):
        granite = sizes(MODELS["granite_4_0_h_tiny"])
        one, two = (shares(granite, "bfloat16", (1, 1), tokens, ENGINE)[0].cache for tokens in (1000, 2000))
        assert two - one == 1000 * 4 * 2 * 4 * 128 * 2
        assert one > two - one

    def test_cuts_divide_heads_and_widths(self):
        assert [n for n in (1, 2, 4, 8) if divides(sizes(model()), n)] == [1, 2]
        odd = changed(feed_forwards={"dense": {"intermediate": 4001}})
        assert [n for n in (1, 2, 4, 8) if divides(sizes(odd), n)] == [1]
        assert divides(sizes(MODELS["k_exaone_236b"]), 64)
        assert not divides(sizes(MODELS["hyperclova_x_seed_think_32b"]), 16)


@pytest.mark.parametrize("id_", COMPLETE)
def test_a_layout_never_needs_fewer_gpus_than_memory_alone_asks_for(id_: str):
    model = COMPLETE[id_]
    for gpu in GPUS:
        for context in {1024, sizes(model).context}:
            for dtype in DTYPES:
                found = fit(model, gpu, context=context, dtype=dtype)
                least = minimal_gpus(sizes(model), gpu, dtype, context)
                assert found.least_gpus is None or least <= found.least_gpus


class TestSettings:
    def test_a_models_own_arguments_come_before_the_defaults(self):
        engine = engine_of({"gpu-memory-utilization": 0.8, "max-num-batched-tokens": 512, "kv-cache-dtype": "fp8"})
        assert (engine.utilisation, engine.batched_tokens, engine.cache_element) == (0.8, 512, 1)
        assert (ENGINE.utilisation, ENGINE.overhead, ENGINE.windows) == (UTILISATION, OVERHEAD, True)

    def test_the_precision_is_the_one_it_is_served_in(self):
        assert served_in(MODELS["gpt_oss_120b"]) == "mxfp4"
        assert served_in(MODELS["vaetki_100b"]) == "bfloat16"
        assert served_in(model(precision="float32")) == "float32"

    @pytest.mark.parametrize(
        ("given", "key"),
        [("h100", "h100_80gb"), ("A100", "a100_80gb"), ("a100-40", "a100_40gb"), ("H200_141GB", "h200_141gb")],
    )
    def test_gpus_answer_to_what_people_call_them(self, given: str, key: str):
        assert gpu_named(given) == key

    def test_every_alias_names_a_gpu_and_every_gpu_has_its_memory(self):
        assert set(ALIASES.values()) <= set(GPUS)
        sold_as = {gpu: int(gpu.rsplit("_", 1)[1].removesuffix("gb")) * 1e9 for gpu in GPUS}
        assert all(abs(GPUS[gpu] / sold_as[gpu] - 1) < 0.07 for gpu in GPUS)

    def test_an_unknown_gpu_is_named_with_the_nearest(self):
        with pytest.raises(UsageError, match="h100"):
            gpu_named("h101")


# Set-ups that sources state: model, GPU, nodes, GPUs on each, precision, context, concurrency.
PUBLISHED = [
    ("a_x_k1", "h100", 4, 8, "bfloat16", 131072, 4),
    ("k_exaone_236b", "h200", 1, 4, "bfloat16", 262144, 1),
    ("k_exaone_236b", "h100", 1, 8, "bfloat16", 131072, 1),
    ("k_exaone_236b", "h200", 1, 4, "fp8", 262144, 1),
    ("solar_open_100b", "a100", 1, 4, "bfloat16", 131072, 1),
    ("hyperclova_x_seed_think_32b", "a100", 1, 2, "bfloat16", 131072, 1),
    ("gpt_oss_120b", "h100", 1, 1, "mxfp4", 131072, 1),
]


class TestPublishedSetUps:
    @pytest.mark.parametrize(("id_", "gpu", "nodes", "each", "dtype", "context", "concurrency"), PUBLISHED)
    def test_what_makers_serve_on_fits(
        self, id_: str, gpu: str, nodes: int, each: int, dtype: Any, context: int, concurrency: int
    ):
        found = fit(
            MODELS[id_],
            gpu,
            context=context,
            concurrency=concurrency,
            dtype=dtype,
            gpus_per_node=each,
            nodes=nodes,
        )
        layout = laid_out(found)
        assert layout.gpus <= nodes * each
        assert layout.max_concurrency >= concurrency

    @pytest.mark.parametrize("id_", [i for i, m in COMPLETE.items() if m.shown])
    def test_what_the_configs_cite_fits(self, id_: str):
        one = COMPLETE[id_]
        for shown in one.shown:
            assert fit(
                one,
                shown.gpu,
                context=shown.context,
                nodes=shown.nodes,
                gpus_per_node=shown.gpus_per_node,
            ).fits

    @pytest.mark.parametrize(
        ("id_", "gpu", "tensor"),
        [
            ("a_x_k1", "h100", 32),
            ("k_exaone_236b", "h200", 4),
            ("k_exaone_236b", "h100", 8),
            ("solar_open_100b", "a100", 4),
            ("hyperclova_x_seed_think_32b", "a100", 2),
        ],
    )
    def test_the_tensor_parallel_of_the_published_command_holds(self, id_: str, gpu: str, tensor: int):
        layout = laid_out(fit(MODELS[id_], gpu, split=(tensor, 1)))
        assert (layout.gpus, layout.tensor_parallel, layout.data_parallel) == (tensor, tensor, 1)

    def test_a_x_k1_across_four_nodes_holds_the_four_sequences_of_its_command(self):
        layout = laid_out(fit(MODELS["a_x_k1"], "h100", concurrency=4, nodes=4, split=(32, 1)))
        assert (layout.nodes, layout.gpus_per_node, layout.max_concurrency) == (4, 8, 4)

    def test_the_smallest_layout_for_a_x_k1_keeps_tensor_parallel_within_nodes(self):
        found = fit(MODELS["a_x_k1"], "h100", concurrency=4)
        layout = laid_out(found)
        assert (layout.nodes, layout.gpus_per_node) == (3, 8)
        assert (layout.tensor_parallel, layout.pipeline_parallel, layout.expert_parallel) == (8, 3, 8)
        assert any("latent" in reason for reason in found.why)

    def test_a_x_k1_does_not_fit_on_one_node_and_says_by_how_much(self):
        found = fit(MODELS["a_x_k1"], "h100", nodes=1)
        assert (found.fits, found.layout, found.least_gpus) == (False, None, None)
        text = " ".join(found.why)
        assert "1,038.0 GB" in text
        assert "58.7 GB short" in text
        assert "2 x 8 h100_80gb would hold it" in text

    def test_vaetki_names_what_is_unpublished_and_computes_no_layout(self):
        found = fit(MODELS["vaetki_100b"], "a100", nodes=1, gpus_per_node=4)
        assert (found.fits, found.layout) == (None, None)
        assert "mixers.local.window" in found.unpublished
        text = " ".join(found.why)
        assert all(name in text for name in found.unpublished)
        assert "224.4 GB" in text

    def test_unpublished_sizes_do_not_hide_that_the_weights_alone_are_too_large(self):
        found = fit(MODELS["vaetki_100b"], "a100", nodes=1, gpus_per_node=2)
        assert found.fits is False
        assert "short" in " ".join(found.why)
        assert "at least" in " ".join(fit(MODELS["vaetki_100b"], "a100", gpus_per_node=2).why)

    def test_where_not_even_the_weights_are_known_that_is_said(self):
        found = fit(MODELS["hyperclova_x_seed_omni_8b"], "a100")
        assert found.fits is None
        assert found.why[-1] == "neither weights nor cache can be computed"


class TestLayouts:
    def test_more_requests_than_one_copy_holds_take_more_gpus(self):
        one = laid_out(fit(MODELS["gpt_oss_120b"], "h100"))
        many = laid_out(fit(MODELS["gpt_oss_120b"], "h100", concurrency=100))
        assert one.gpus == 1
        assert many.gpus > 1
        assert many.max_concurrency >= 100

    def test_copies_fill_the_nodes_given(self):
        found = fit(MODELS["smollm2_135m"], "h100", nodes=2)
        layout = laid_out(found)
        assert (layout.data_parallel, layout.nodes, layout.gpus_per_node) == (16, 2, 8)
        assert found.least_gpus == 1
        assert "1 GPU is enough; 2 x 8 h100_80gb hold 16 copies" in found.why

    def test_a_copy_across_nodes_takes_whole_nodes(self):
        layout = laid_out(fit(MODELS["a_x_k1"], "h100", nodes=7))
        assert (layout.pipeline_parallel, layout.data_parallel, layout.nodes) == (2, 3, 6)

    def test_tensor_parallel_crosses_nodes_only_where_nothing_else_fits(self):
        heavy = changed(layers=[_layers(1)], hidden_size=1024, vocab_size=16_000_000, tied_embeddings=True)
        wide = heavy.model_copy(
            update={"architecture": sizes(heavy).model_copy(update={"mixers": {"all": _attention(64)}})}
        )
        found = fit(wide, "4090", gpus_per_node=1)
        assert laid_out(found).tensor_parallel == 2
        assert any("crosses nodes" in reason for reason in found.why)

    def test_the_cache_that_is_missing_is_told(self):
        found = fit(MODELS["gpt_oss_120b"], "h100", concurrency=50, nodes=1, gpus_per_node=1)
        assert found.fits is False
        assert "1 at once in one copy, not 50" in " ".join(found.why)


class TestWrongUse:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ({"context": 10**6}, "at most 4096"),
            ({"context": 0}, "context of at least 1"),
            ({"concurrency": 0}, "concurrency of at least 1"),
            ({"nodes": 0}, "nodes of at least 1"),
            ({"split": (3, None)}, "tensor_parallel of 1, 2"),
            ({"split": (None, 11)}, "1 to 10"),
        ],
    )
    def test_impossible_questions_are_refused(self, arguments: dict[str, Any], words: str):
        with pytest.raises(UsageError, match=words):
            fit(model(), "h100", **arguments)

    def test_a_model_without_sizes_says_where_to_enter_them(self):
        with pytest.raises(UsageError, match=r"configs/model/m\.yaml"):
            fit(model(architecture=None), "h100")


def _layers(count: int) -> dict[str, Any]:
    return {"count": count, "mixer": "all", "feed_forward": "dense"}


def _attention(heads: int) -> GroupedAttention:
    return GroupedAttention(heads=heads, kv_heads=heads, head_dim=16)


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Models of ordinary proportions: tables do not outweigh the layers."""
    heads = draw(st.sampled_from([8, 16, 24, 64, 128]))
    kinds = [
        {"kind": "attention", "heads": heads, "kv_heads": draw(st.sampled_from([1, 4, 8])), "head_dim": 128},
        {
            "kind": "latent",
            "heads": heads,
            "q_lora_rank": 1536,
            "kv_lora_rank": 512,
            "qk_nope_head_dim": 128,
            "qk_rope_head_dim": 64,
            "v_head_dim": 128,
        },
    ]
    mixer = draw(st.sampled_from(kinds)) | {"window": draw(st.sampled_from([None, 128, 4096]))}
    experts = draw(st.sampled_from([0, 16, 100]))
    block = {"intermediate": draw(st.sampled_from([2048, 8192])), "experts": experts, "active": min(experts, 8)}
    return changed(
        hidden_size=128 * draw(st.integers(4, 64)),
        vocab_size=draw(st.integers(1000, 200_000)),
        context=131072,
        mixers={"all": mixer},
        feed_forwards={"dense": block},
        layers=[_layers(draw(st.integers(8, 80)))],
    )


EITHER = st.one_of(st.sampled_from(list(COMPLETE.values())), models())
FEW = settings(max_examples=60)


@FEW
@given(EITHER, st.sampled_from(BY_MEMORY), st.integers(1, 500), st.integers(1, 4096))
def test_no_gpu_is_given_more_than_it_holds(one: Model, gpu: str, concurrency: int, context: int):
    layout = fit(one, gpu, context=context, concurrency=concurrency).layout
    if layout:
        assert layout.weights_bytes + layout.cache_bytes + layout.overhead_bytes <= layout.budget_bytes
        assert layout.budget_bytes <= GPUS[gpu]
        assert layout.free_bytes >= 0
        assert layout.max_concurrency >= concurrency
        assert layout.gpus <= layout.nodes * layout.gpus_per_node
        assert layout.tensor_parallel.bit_count() == 1


@FEW
@given(EITHER, st.sampled_from(BY_MEMORY), st.integers(1, 500), st.integers(1, 500), st.integers(1, 4096))
def test_more_requests_never_need_fewer_gpus(one: Model, gpu: str, some: int, more: int, context: int):
    fewer = fit(one, gpu, context=context, concurrency=some)
    found = fit(one, gpu, context=context, concurrency=some + more)
    assert found.fits == fewer.fits
    if found.least_gpus and fewer.least_gpus:
        assert found.least_gpus >= fewer.least_gpus


@FEW
@given(EITHER, st.integers(1, 500), st.integers(1, 4096))
def test_a_larger_gpu_never_needs_more(one: Model, concurrency: int, context: int):
    needed = [
        fit(one, gpu, context=context, concurrency=concurrency).least_gpus or float("inf") for gpu in BY_MEMORY
    ]
    assert needed == sorted(needed, reverse=True)


@FEW
@given(EITHER, st.sampled_from(BY_MEMORY), st.integers(1, 32))
def test_given_nodes_hold_what_fits_on_them_and_nothing_else(one: Model, gpu: str, nodes: int):
    limited, free = fit(one, gpu, nodes=nodes), fit(one, gpu)
    if limited.layout and free.layout:
        assert limited.layout.nodes <= nodes
        assert limited.layout.max_concurrency >= free.layout.max_concurrency
    elif free.layout:
        assert free.layout.nodes > nodes
        assert limited.why
