import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.facts.memory import DTYPES, GPUS
from harness.facts.summary import facts_of
from harness.facts.unpublished import missing_sizes
from tests.facts.models import ARCHITECTURES, MODELS

CONFIGS = Path(__file__).parents[2] / "configs" / "model"
NUMBERS = [
    "parameters_total",
    "parameters_active",
    "linear_flops_per_token",
]


def test_the_longest_stated_context_is_the_default():
    assert facts_of(MODELS["k_exaone_236b"]).context == 262_144
    assert facts_of(MODELS["k_exaone_236b"], context=1000).context == 1000


def test_full_and_sliding_layers_add_up():
    facts = facts_of(MODELS["k_exaone_236b"])
    assert facts.kv_cache_bytes_per_token_full_layers == 49_152
    assert facts.kv_cache_bytes_per_token_sliding_layers == 147_456
    assert facts.kv_cache_bytes_per_token == 196_608


def test_numbers_are_there_for_every_format_and_every_gpu():
    facts = facts_of(MODELS["solar_open_100b"])
    assert set(facts.weights_bytes) == set(DTYPES)
    assert set(facts.minimal_gpus) == set(GPUS)
    assert facts.minimal_gpus["a100_80gb"]["bfloat16"] == 4


def test_only_the_gpus_asked_for_are_counted():
    assert list(facts_of(MODELS["smollm2_135m"], gpus=["l40s_48gb"]).minimal_gpus) == ["l40s_48gb"]


def test_prediction_layers_stand_apart_from_the_total():
    facts = facts_of(MODELS["k_exaone_236b"])
    assert facts.parameters_mtp == 528_513_280
    assert facts.parameters_total == 236_571_150_336


@pytest.mark.parametrize("id_", [i for i, a in ARCHITECTURES.items() if missing_sizes(a)])
def test_unpublished_sizes_never_yield_a_number(id_: str):
    facts = facts_of(MODELS[id_])
    assert all(getattr(facts, name) is None for name in NUMBERS)
    if any(name.startswith("mixers.") for name in facts.unpublished):
        assert facts.kv_cache_bytes is facts.attention_flops_per_token is None
    assert {number for by_type in facts.minimal_gpus.values() for number in by_type.values()} == {None}
    assert facts.unpublished


def test_what_the_maker_counted_is_told_beside_what_cannot_be_counted():
    facts = facts_of(MODELS["vaetki_100b"])
    assert facts.counted
    assert facts.counted.parameters_total == 112_191_900_672
    assert facts.parameters_total is None
    assert facts.weights_bytes["bfloat16"] == 224_383_801_344
    assert "mixers.local.window" in facts.unpublished


@pytest.mark.parametrize("id_", [i for i, a in ARCHITECTURES.items() if not missing_sizes(a)])
def test_published_sizes_yield_every_number(id_: str):
    facts = facts_of(MODELS[id_])
    absent = [name for name, value in facts.model_dump().items() if value is None]
    assert set(absent) <= {"parameters_mtp", "counted"}


def test_a_model_without_sizes_says_where_to_enter_them():
    with pytest.raises(UsageError, match=r"configs/model/qwen3_32b\.yaml"):
        facts_of(MODELS["qwen3_32b"].model_copy(update={"architecture": None}))


def test_a_gpu_that_is_not_known_is_named_with_the_nearest():
    with pytest.raises(UsageError, match="a100_80gb"):
        facts_of(MODELS["qwen3_32b"], gpus=["a100_80"])


def test_a_context_below_one_token_is_refused():
    with pytest.raises(UsageError, match="at least 1"):
        facts_of(MODELS["qwen3_32b"], context=0)


def test_facts_need_no_model_library():
    program = (
        "import sys, yaml\n"
        "from harness.records.model import Model\n"
        "from harness.facts.summary import facts_of\n"
        "facts_of(Model.model_validate(yaml.safe_load(open(sys.argv[1], encoding='utf-8'))))\n"
        "print(sorted({'torch', 'transformers', 'vllm', 'lm_eval'} & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", program, str(CONFIGS / "a_x_k1.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
