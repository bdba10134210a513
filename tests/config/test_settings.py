import shutil

import pytest

from harness.config.settings import (
    load_benchmarks,
    load_models,
    load_protocols,
    load_settings,
    load_suites,
    project,
)
from harness.errors import UsageError


def refusal(*overrides, **keywords):
    with pytest.raises(UsageError) as caught:
        load_settings(overrides, **keywords)
    return caught.value


def test_the_defaults_are_the_embedded_model():
    settings = load_settings()
    assert settings.model.id == "smollm2_135m"
    assert settings.serving.device == "cpu"


def test_overrides_reach_the_typed_settings_also_for_keys_that_no_file_spells_out():
    settings = load_settings(["serving.concurrency=4", "protocol.num_fewshot=5", "repeats=3"])
    assert (settings.serving.concurrency, settings.protocol.num_fewshot, settings.repeats) == (4, 5, 3)


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("model=smolm2", ["configs/model/smolm2.yaml does not exist", "did you mean smollm2_135m"]),
        ("suite=dmo", ["configs/suite/dmo.yaml", "did you mean demo"]),
        ("protocol.max_token=3", ["a key of protocol", "did you mean max_tokens"]),
        ("modle=x", ["did you mean model"]),
        ("protocol.max_tokens=many", ["protocol.max_tokens", "valid integer", "'many'"]),
        ("model", ["an override such as"]),
    ],
)
def test_a_wrong_override_names_the_place_and_the_nearest_valid_name(override, words):
    error = refusal(override)
    assert error.exit_code == 2
    for word in words:
        assert word in error.text()


def test_a_wrong_key_in_a_file_is_named(tmp_path):
    configs = tmp_path / "configs"
    shutil.copytree(project().configs, configs)
    file = configs / "protocol" / "demo.yaml"
    file.write_text(file.read_text().replace("max_tokens:", "max_tokns:"))
    assert "protocol.max_tokns: no such key; did you mean max_tokens" in refusal(configs=configs).text()


def test_every_config_of_the_project_is_valid_and_named_like_its_file():
    benchmarks, suites = load_benchmarks(project().configs), load_suites(project().configs)
    assert load_models(project().configs)
    protocols = {"maker", *load_protocols(project().configs)}
    for suite in suites.values():
        assert suite.protocol in protocols
        for task in suite.tasks:
            assert benchmarks[task.benchmark].task is not None


def test_an_id_that_differs_from_the_file_name_is_refused(tmp_path):
    (tmp_path / "benchmark").mkdir()
    text = (project().configs / "benchmark" / "mmlu.yaml").read_text()
    (tmp_path / "benchmark" / "other.yaml").write_text(text)
    with pytest.raises(UsageError, match="id: other"):
        load_benchmarks(tmp_path)


def test_a_suite_is_run_under_its_own_protocol_unless_the_command_names_another():
    assert load_settings(["suite=choices"]).protocol.id == "base_format"
    assert load_settings(["suite=choices", "protocol=house"]).protocol.id == "house"


def test_a_suite_of_published_rows_takes_the_protocol_of_the_models_maker(tmp_path):
    configs = tmp_path / "configs"
    shutil.copytree(project().configs, configs)
    suite = (configs / "suite" / "choices.yaml").read_text()
    (configs / "suite" / "table").mkdir(exist_ok=True)
    text = suite.replace("id: choices", "id: table/card").replace("protocol: base_format", "protocol: maker")
    (configs / "suite" / "table" / "card.yaml").write_text(text)
    own = (configs / "protocol" / "house.yaml").read_text().replace("id: house", "id: maker/gemma3_270m")
    (configs / "protocol" / "maker").mkdir(exist_ok=True)
    (configs / "protocol" / "maker" / "gemma3_270m.yaml").write_text(own)
    found = [
        load_settings([f"model={model}", "suite=table/card"], configs=configs).protocol.id
        for model in ("gemma3_270m", "olmoe")
    ]
    assert found == ["maker/gemma3_270m", "house"]
