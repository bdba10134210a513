import pytest

from harness.facts.parameters import count, parameters_total
from harness.facts.unpublished import UnpublishedError
from tests.facts.models import ARCHITECTURES


def test_the_elements_of_all_tensors_are_counted():
    assert parameters_total({"embed": [10, 4], "norm": [4], "scale": []}) == 45


def test_a_checkpoint_without_tensors_is_an_error():
    with pytest.raises(ValueError, match="no tensors"):
        parameters_total({})


def test_a_x_k1_has_exactly_the_printed_parameters():
    counted = ARCHITECTURES["a_x_k1"].counted
    assert counted
    assert count(ARCHITECTURES["a_x_k1"]).total == counted.parameters_total == 518_983_059_456


@pytest.mark.parametrize(
    ("id_", "printed", "digits"),
    [
        ("a_x_k1", "519", 0),
        ("k_exaone_236b", "237", 0),
        ("hyperclova_x_seed_think_32b", "33.31", 2),
        ("deepseek_v3_1", "671", 0),
        ("gpt_oss_120b", "116.83", 2),
        ("gpt_oss_20b", "20.91", 2),
        ("qwen3_235b_a22b_thinking_2507", "235", 0),
        ("qwen3_32b", "32.8", 1),
        ("exaone_4_0_32b", "32.0", 1),
        ("olmoe", "6.92", 2),
        ("glm_4_5_air", "107", 0),
        ("smollm2_135m", "0.135", 3),
    ],
)
def test_totals_round_to_the_printed_billions(id_: str, printed: str, digits: int):
    assert f"{count(ARCHITECTURES[id_]).total / 1e9:.{digits}f}" == printed


@pytest.mark.parametrize(("id_", "printed"), [("k_exaone_236b", 236), ("solar_open_100b", 102.6)])
def test_some_makers_cut_their_billions_instead_of_rounding(id_: str, printed: float):
    step = 1e9 if isinstance(printed, int) else 1e8
    assert count(ARCHITECTURES[id_]).total // step * step == pytest.approx(printed * 1e9)


def test_k_exaone_with_its_prediction_layer_is_what_the_hub_counts():
    architecture = ARCHITECTURES["k_exaone_236b"]
    assert architecture.mtp_parameters
    assert f"{(count(architecture).total + architecture.mtp_parameters) / 1e9:.2f}" == "237.10"


def test_each_maker_counts_active_parameters_by_its_own_rule():
    def billions(id_: str, rule: str) -> str:
        return f"{getattr(count(ARCHITECTURES[id_]), rule) / 1e9:.1f}"

    assert billions("a_x_k1", "active") == "32.8"
    assert billions("solar_open_100b", "active") == "12.1"
    assert billions("k_exaone_236b", "active_without_input_embedding") == "22.7"
    assert billions("gpt_oss_120b", "active_without_input_embedding") == "5.1"
    assert billions("deepseek_v3_1", "active_without_input_embedding") == "36.6"
    assert billions("glm_4_6", "active_without_embeddings") == "32.1"


def test_totals_without_embeddings_leave_out_table_and_head():
    counted = count(ARCHITECTURES["qwen3_235b_a22b_thinking_2507"])
    assert counted.total - counted.total_without_embeddings == 2 * 151_936 * 4096
    tied = count(ARCHITECTURES["smollm2_135m"])
    assert tied.total - tied.total_without_embeddings == 49_152 * 576


def test_towers_are_in_the_total_but_not_active():
    counted = count(ARCHITECTURES["hyperclova_x_seed_think_32b"])
    assert counted.total == counted.active + counted.towers
    assert counted.towers == 688_841_984 + 5120 * 5121


def test_a_number_that_needs_an_unpublished_size_is_refused_by_name():
    with pytest.raises(UnpublishedError) as caught:
        count(ARCHITECTURES["vaetki_20b"])
    assert caught.value.sizes == ["hidden_size", "vocab_size"]
