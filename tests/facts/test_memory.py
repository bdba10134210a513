import pytest

from harness.facts.memory import DTYPES, GPUS, UTILISATION, minimal_gpus, weights_bytes
from harness.facts.parameters import count
from harness.facts.unpublished import UnpublishedError, missing_sizes
from harness.records.architecture import Dtype
from tests.facts.models import ARCHITECTURES

GIB = 2**30
PUBLISHED = [id_ for id_, architecture in ARCHITECTURES.items() if not missing_sizes(architecture)]


def test_bfloat16_is_two_bytes_for_every_tensor():
    solar = ARCHITECTURES["solar_open_100b"]
    assert weights_bytes(solar, "bfloat16") == 2 * count(solar).total + 4 * 48 * 128
    assert weights_bytes(solar, "float32") == 4 * count(solar).total + 4 * 48 * 128


@pytest.mark.parametrize(
    ("id_", "dtype", "printed", "tolerance"),
    [
        ("gpt_oss_120b", "mxfp4", 60.8 * GIB, 0.001),
        ("gpt_oss_20b", "mxfp4", 12.8 * GIB, 0.002),
        ("a_x_k1", "bfloat16", 1038e9, 0.001),
        ("solar_open_100b", "bfloat16", 205e9, 0.002),
        ("hyperclova_x_seed_think_32b", "bfloat16", 62.1 * GIB, 0.001),
        ("vaetki_100b", "float32", 448.8e9, 0.001),
        ("vaetki_20b", "bfloat16", 39.2e9, 0.001),
        ("k_exaone_236b", "fp8", 245e9, 0.03),
    ],
)
def test_weights_are_as_large_as_the_printed_checkpoints(id_: str, dtype: Dtype, printed: float, tolerance: float):
    assert weights_bytes(ARCHITECTURES[id_], dtype) == pytest.approx(printed, rel=tolerance)


def test_k_exaones_checkpoint_holds_its_prediction_layer_too():
    architecture = ARCHITECTURES["k_exaone_236b"]
    assert architecture.counted
    assert architecture.mtp_parameters
    with_prediction = weights_bytes(architecture, "bfloat16") + 2 * architecture.mtp_parameters
    assert with_prediction == pytest.approx(architecture.counted.checkpoint_bytes, rel=0.0005)


@pytest.mark.parametrize("id_", PUBLISHED)
def test_fewer_bits_never_take_more_memory(id_: str):
    sizes = [weights_bytes(ARCHITECTURES[id_], dtype) for dtype in ("float32", "bfloat16", "fp8", "int4")]
    assert sizes == sorted(sizes, reverse=True)
    assert weights_bytes(ARCHITECTURES[id_], "mxfp4") <= weights_bytes(ARCHITECTURES[id_], "bfloat16")


def test_mxfp4_packs_only_routed_experts():
    dense = ARCHITECTURES["qwen3_32b"]
    assert weights_bytes(dense, "mxfp4") == weights_bytes(dense, "bfloat16")


def test_a_count_taken_from_the_checkpoint_serves_only_where_every_tensor_has_one_type():
    vaetki = ARCHITECTURES["vaetki_100b"]
    assert weights_bytes(vaetki, "bfloat16") == 2 * 112_191_900_672
    with pytest.raises(UnpublishedError):
        weights_bytes(vaetki, "fp8")


@pytest.mark.parametrize(
    ("id_", "gpu", "dtype", "number"),
    [
        ("k_exaone_236b", "h200_141gb", "bfloat16", 4),
        ("solar_open_100b", "a100_80gb", "bfloat16", 4),
        ("a_x_k1", "h100_80gb", "bfloat16", 16),
        ("hyperclova_x_seed_think_32b", "a100_80gb", "bfloat16", 2),
        ("gpt_oss_120b", "h100_80gb", "mxfp4", 1),
        ("smollm2_135m", "rtx_4090_24gb", "float32", 1),
        ("deepseek_v3_1", "a100_40gb", "float32", 88),
    ],
)
def test_the_smallest_number_of_gpus_at_the_longest_context(id_: str, gpu: str, dtype: Dtype, number: int):
    architecture = ARCHITECTURES[id_]
    assert minimal_gpus(architecture, gpu, dtype, architecture.context) == number


@pytest.mark.parametrize("id_", PUBLISHED)
def test_weights_and_cache_fit_and_do_not_fit_on_half_as_many(id_: str):
    architecture = ARCHITECTURES[id_]
    for gpu, memory in GPUS.items():
        number = minimal_gpus(architecture, gpu, "bfloat16", architecture.context)
        assert number in {1, 2, 4} or number % 8 == 0
        assert weights_bytes(architecture, "bfloat16") < number * memory * UTILISATION


def test_an_unknown_gpu_is_an_error():
    with pytest.raises(KeyError):
        minimal_gpus(ARCHITECTURES["smollm2_135m"], "abacus", "bfloat16", 10)


def test_every_format_of_the_record_is_counted():
    assert set(DTYPES) == set(Dtype.__args__)
