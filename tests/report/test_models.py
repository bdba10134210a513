import json

from typer.testing import CliRunner

from harness.cli import app
from harness.config.settings import load_models, project


def run(*arguments):
    found = CliRunner().invoke(app, [*arguments])
    assert found.exit_code == 0, found.output
    return found.stdout


def test_the_page_of_the_models_is_the_one_that_the_harness_writes():
    assert (project().root / "docs" / "models.md").read_text() == run("models", "--markdown")


def test_every_config_is_listed_with_its_size_licence_and_layouts():
    listed = {row["id"]: row for row in json.loads(run("models", "--json"))["models"]}
    assert set(listed) == set(load_models(project().configs))
    exaone = listed["k_exaone_236b"]
    assert exaone["layouts"] == {"h100_80gb": "1x8 TP8", "h200_141gb": "1x4 TP4"}
    assert 236e9 < exaone["parameters_total"] < 237e9
    assert (exaone["hosted"], listed["gpt_5"]["hosted"]) == (False, True)
    assert listed["solar_open_100b"]["needs"] == "fork or plugin"


def test_the_models_of_the_articles_and_their_comparators_are_there():
    wanted = [
        "hyperclova_x_seed_think_32b",
        "hyperclova_x_seed_omni_8b",
        "solar_open_100b",
        "a_x_k1",
        "k_exaone_236b",
        "k_exaone_236b_fp8",
        "vaetki_100b",
        "vaetki_20b",
        "vaetki_7b",
        "vaetki_vl_7b",
        "exaone_4_0_32b",
        "internvl3_5_38b",
        "qwen3_vl_32b_thinking",
        "qwen3_vl_32b_instruct",
        "qwen3_235b_a22b_instruct_2507",
        "qwen3_30b_a3b_instruct_2507",
        "qwen3_32b",
        "qwen2_5_omni_7b",
        "a_x_4_0",
        "a_x_k2_alm",
        "deepseek_v3",
        "deepseek_v3_1",
        "deepseek_v3_2",
        "gpt_oss_120b_high",
        "gpt_oss_120b_medium",
        "gpt_oss_20b",
        "qwen3_235b_a22b_thinking_2507",
        "glm_4_6",
        "glm_4_5_air",
        "granite_4_0_h_tiny",
        "olmoe",
        "gemini",
        "gpt_5",
        "smollm2_135m",
        "gemma3_270m",
    ]
    assert set(wanted) <= set(load_models(project().configs))


def test_a_terminal_shows_one_line_a_model_and_a_command_ready_to_paste():
    assert "k_exaone_236b_fp8" in run("models")
    text = run("serve-command", "model=k_exaone_236b", "gpu=h200")
    assert "vllm serve LGAI-EXAONE/K-EXAONE-236B-A23B" in text
    assert "--tensor-parallel-size 4" in text
