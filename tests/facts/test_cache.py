import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.facts.cache import kv_bytes_per_token, kv_cache_bytes, state_bytes, without_windows
from harness.facts.unpublished import UnpublishedError
from harness.records.architecture import Architecture, FeedForward, GroupedAttention, LayerGroup
from tests.facts.models import ARCHITECTURES


def hybrid(window: int, local: int, full: int) -> Architecture:
    return Architecture(
        source="test",
        hidden_size=8,
        vocab_size=16,
        context=64,
        mixers={
            "local": GroupedAttention(heads=4, kv_heads=2, head_dim=2, window=window),
            "global": GroupedAttention(heads=4, kv_heads=2, head_dim=2),
        },
        feed_forwards={"dense": FeedForward(intermediate=16)},
        layers=[
            LayerGroup(count=local, mixer="local", feed_forward="dense"),
            LayerGroup(count=full, mixer="global", feed_forward="dense"),
        ],
    )


def test_grouped_attention_holds_a_key_and_a_value_per_group():
    assert kv_bytes_per_token(ARCHITECTURES["solar_open_100b"]).full == 48 * 2 * 8 * 128 * 2


def test_latent_attention_holds_one_vector_and_one_rotary_key():
    assert kv_bytes_per_token(ARCHITECTURES["a_x_k1"]).full == 61 * (512 + 64) * 2


def test_an_indexer_adds_one_byte_per_element_of_its_key():
    dense, sparse = ARCHITECTURES["deepseek_v3_1"], ARCHITECTURES["deepseek_v3_2"]
    assert kv_bytes_per_token(sparse).full - kv_bytes_per_token(dense).full == 61 * 128
    assert kv_bytes_per_token(sparse, 1).full == 61 * (512 + 64 + 128)


def test_k_exaone_splits_into_global_and_local_layers():
    rate = kv_bytes_per_token(ARCHITECTURES["k_exaone_236b"])
    assert (rate.full, rate.sliding) == (12 * 4096, 36 * 4096)


def test_a_window_stops_growing_when_it_is_full():
    k_exaone = ARCHITECTURES["k_exaone_236b"]
    assert kv_cache_bytes(k_exaone, 100) == 48 * 4096 * 100
    assert kv_cache_bytes(k_exaone, 262_144) == 12 * 4096 * 262_144 + 36 * 4096 * 128


def test_hybrid_attention_saves_about_three_quarters_of_k_exaones_cache():
    k_exaone = ARCHITECTURES["k_exaone_236b"]
    saved = 1 - kv_cache_bytes(k_exaone, 262_144) / kv_cache_bytes(without_windows(k_exaone), 262_144)
    assert saved == pytest.approx(0.75, abs=0.001)


def test_without_windows_every_token_counts_in_every_attention_layer():
    plain = without_windows(ARCHITECTURES["gpt_oss_120b"])
    assert kv_cache_bytes(plain, 1000) == 36 * 2 * 8 * 64 * 2 * 1000
    assert kv_bytes_per_token(plain).sliding == 0


def test_a_state_space_layer_holds_the_same_state_at_every_length():
    granite = ARCHITECTURES["granite_4_0_h_tiny"]
    one = 48 * 64 * 128 + (48 * 64 + 2 * 128) * 3
    assert state_bytes(granite) == 36 * one * 2
    assert kv_cache_bytes(granite, 0) == state_bytes(granite)
    assert kv_cache_bytes(granite, 1000) == state_bytes(granite) + 4 * 2 * 4 * 128 * 2 * 1000


def test_an_unpublished_window_gives_no_cache():
    nameless = hybrid(8, 1, 1)
    mixers = nameless.mixers | {"local": nameless.mixers["local"].model_copy(update={"window": "unpublished"})}
    architecture = nameless.model_copy(update={"mixers": mixers})
    with pytest.raises(UnpublishedError, match=r"mixers\.local\.window"):
        kv_cache_bytes(architecture, 8)
    assert kv_bytes_per_token(architecture).sliding == 2 * 2 * 2 * 2


def test_a_negative_context_is_an_error():
    with pytest.raises(ValueError, match="-1"):
        kv_cache_bytes(hybrid(8, 1, 1), -1)


@given(
    window=st.integers(1, 5000),
    context=st.integers(0, 300_000),
    local=st.integers(1, 80),
    full=st.integers(1, 80),
)
def test_a_sliding_cache_never_exceeds_a_full_one(window: int, context: int, local: int, full: int):
    model = hybrid(window, local, full)
    sliding, whole = kv_cache_bytes(model, context), kv_cache_bytes(without_windows(model), context)
    assert sliding <= whole
    assert (sliding == whole) == (context <= window)


@given(context=st.integers(0, 100_000))
def test_the_rate_per_token_is_the_growth_of_the_cache_outside_the_window(context: int):
    k_exaone = ARCHITECTURES["k_exaone_236b"]
    rate = kv_bytes_per_token(k_exaone)
    growth = kv_cache_bytes(k_exaone, context + 1) - kv_cache_bytes(k_exaone, context)
    assert growth == rate.full + (rate.sliding if context < 128 else 0)
