import pytest

from harness.facts.arithmetic import attention_flops, linear_flops
from harness.facts.cache import without_windows
from harness.facts.parameters import count
from harness.facts.unpublished import UnpublishedError
from tests.facts.models import ARCHITECTURES


def test_grouped_attention_scores_and_sums_every_token_it_sees():
    assert attention_flops(ARCHITECTURES["solar_open_100b"], 1000) == 48 * 64 * 128 * 4 * 1000


def test_a_window_bounds_the_tokens_that_are_scored():
    k_exaone = ARCHITECTURES["k_exaone_236b"]
    assert attention_flops(k_exaone, 10_000) == 64 * 128 * 4 * (12 * 10_000 + 36 * 128)
    assert attention_flops(without_windows(k_exaone), 10_000) == 64 * 128 * 4 * 48 * 10_000


def test_latent_attention_is_counted_in_its_absorbed_form():
    assert attention_flops(ARCHITECTURES["a_x_k1"], 1000) == 61 * 64 * 2 * (512 + 64 + 512) * 1000


def test_an_indexer_scores_all_tokens_and_attention_only_the_best():
    attended, scored = 128 * 2 * (512 + 64 + 512), 64 * 2 * (128 + 1)
    sparse = ARCHITECTURES["deepseek_v3_2"]
    assert attention_flops(sparse, 1000) == 61 * (attended + scored) * 1000
    assert attention_flops(sparse, 100_000) == 61 * (attended * 2048 + scored * 100_000)


def test_state_space_layers_take_no_attention():
    assert attention_flops(ARCHITECTURES["granite_4_0_h_tiny"], 1000) == 4 * 12 * 128 * 4 * 1000


def test_matrix_products_are_twice_the_active_weights_but_for_norms_and_corrections():
    k_exaone = ARCHITECTURES["k_exaone_236b"]
    norms = 48 * (2 * 6144 + 2 * 128) + 6144
    assert linear_flops(k_exaone) == 2 * (count(k_exaone).active_without_input_embedding - norms)


def test_a_shared_table_is_multiplied_once_as_the_head():
    smollm2 = ARCHITECTURES["smollm2_135m"]
    norms = 30 * 2 * 576 + 576
    assert linear_flops(smollm2) == 2 * (count(smollm2).total - norms)


def test_a_context_of_no_tokens_takes_no_attention():
    assert attention_flops(ARCHITECTURES["k_exaone_236b"], 0) == 0


def test_arithmetic_that_needs_an_unpublished_size_is_refused():
    with pytest.raises(UnpublishedError, match="qk_rope_head_dim"):
        attention_flops(ARCHITECTURES["vaetki_7b"].model_copy(update={"layers": [_global_layers()]}), 10)
    with pytest.raises(UnpublishedError, match="hidden_size"):
        linear_flops(ARCHITECTURES["hyperclova_x_seed_omni_8b"])


def _global_layers():
    return ARCHITECTURES["vaetki_7b"].layers[-1]
