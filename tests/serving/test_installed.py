"""What is read from the engine's sources is what the engine itself says."""

import json
import subprocess
import sys

import pytest

from harness.config.settings import load_models, project
from harness.serving.installed import installed_engine

ASK = """
import json
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
from vllm.model_executor.models.registry import _VLLM_MODELS
from vllm.reasoning import ReasoningParserManager
from vllm.tool_parsers import ToolParserManager
print(json.dumps({
    "own": sorted(name for name, (module, _) in _VLLM_MODELS.items() if module != "transformers"),
    "backend": sorted(name for name, (module, _) in _VLLM_MODELS.items() if module == "transformers"),
    "transformers": sorted(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.values()),
    "reasoning": sorted(ReasoningParserManager.lazy_parsers),
    "tool": sorted(ToolParserManager.lazy_parsers),
}))
"""
PLUGIN = "[vllm.general_plugins]\nvaetki = vaetki_plugin:register\n"


@pytest.fixture(scope="module")
def engine():
    found = installed_engine()
    assert found is not None
    return found


def test_the_tables_are_those_of_the_engine(engine):
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    asked = json.loads(done.stdout.splitlines()[-1])
    assert engine.own == set(asked["own"])
    assert set(asked["backend"]) | set(asked["transformers"]) <= engine.by_transformers
    assert engine.reasoning_parsers == set(asked["reasoning"])
    assert engine.tool_parsers == set(asked["tool"])


@pytest.mark.parametrize(
    ("id_", "words"),
    [
        ("a_x_k1", "own class"),
        ("k_exaone_236b", "own class"),
        ("hyperclova_x_seed_think_32b", "own class"),
        ("solar_open_100b", "Transformers backend"),
        ("vaetki_100b", None),
    ],
)
def test_a_class_is_served_by_the_engine_by_transformers_or_not_at_all(engine, id_, words):
    architecture = load_models(project().configs)[id_].architecture
    how = engine.serves(architecture.class_name)
    assert how is words if words is None else words in how


def test_a_plugin_that_names_the_class_serves_it(engine, tmp_path, monkeypatch):
    (tmp_path / "vaetki_plugin").mkdir()
    (tmp_path / "vaetki_plugin" / "__init__.py").write_text("NAMES = ['VaetkiForCausalLM']\n")
    about = tmp_path / "vaetki_plugin-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: vaetki-plugin\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(PLUGIN)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert engine.serves("VaetkiForCausalLM") == "the plugin vaetki"
    assert engine.serves("OtherForCausalLM") is None


def test_a_module_is_looked_for_among_the_engine_s_files(engine):
    assert engine.has_module("vllm.model_executor.models.registry")
    assert not engine.has_module("vllm.model_executor.models.solar_open_logits_processor")


def test_a_build_without_cuda_says_so(engine):
    assert engine.cuda is None
