"""The verbs about models, as a person at a terminal uses them."""

import json
import subprocess
import sys

import pytest


class TestFit:
    def test_the_data_has_the_documented_keys(self, harness):
        code, out, _ = harness("fit", "model=k_exaone_236b", "gpu=h200", "context=262144", "--json")
        found = json.loads(out)
        assert code == 0
        assert found["fits"] is True
        assert (found["gpu"], found["dtype"], found["least_gpus"]) == ("h200_141gb", "bfloat16", 4)
        assert {"tensor_parallel", "nodes", "weights_bytes", "max_concurrency"} <= set(found["layout"])
        assert found["why"]
        assert found["assumptions"]

    def test_people_get_the_answer_the_layout_and_the_reasons(self, harness):
        out = harness("fit", "model=a_x_k1", "gpu=h100", "concurrency=4", "nodes=4")[1]
        assert "a_x_k1: fits" in out
        assert "3 x 8" in out
        assert "latent attention" in out
        assert "assumes:" in out

    def test_not_fitting_is_a_result(self, harness):
        code, out, _ = harness("fit", "model=a_x_k1", "gpu=h100", "nodes=1")
        assert code == 0
        assert "does not fit" in out
        assert "short" in out

    def test_unpublished_sizes_are_named(self, harness):
        out = harness("fit", "model=vaetki_100b", "gpu=a100", "gpus_per_node=4", "nodes=1")[1]
        assert "cannot be computed" in out
        assert "mixers.local.window" in out

    def test_a_published_split_can_be_checked(self, harness):
        arguments = ["model=a_x_k1", "gpu=h100", "nodes=4", "tensor_parallel=32", "pipeline_parallel=1", "--json"]
        assert json.loads(harness("fit", *arguments)[1])["layout"]["tensor_parallel"] == 32

    def test_short_names_of_precisions_are_understood(self, harness):
        found = json.loads(harness("fit", "model=solar_open_100b", "gpu=a100", "dtype=bf16", "--json")[1])
        assert found["dtype"] == "bfloat16"

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["model=a_x_k1"], "h100"),
            (["gpu=h100"], "configs/model/"),
            (["model=a_x_kk1", "gpu=h100"], "a_x_k1"),
            (["model=a_x_k1", "gpu=h101"], "did you mean h100"),
            (["model=a_x_k1", "gpu=h100", "dtype=fp9"], "fp8"),
            (["model=a_x_k1", "gpu=h100", "nodes=0"], "at least 1"),
            (["model=a_x_k1", "gpu=h100", "context=long"], "whole"),
            (["model=a_x_k1", "gpu=h100", "tensor_parallel=3"], "tensor_parallel of 1, 2"),
            (["model=gpt_5", "gpu=h100"], "architecture"),
        ],
    )
    def test_wrong_use_exits_2_and_says_what_is_right(self, harness, arguments, words):
        code, _, err = harness("fit", *arguments)
        assert code == 2
        assert words in err

    def test_no_framework_is_loaded_and_the_answer_is_quick(self):
        script = (
            "import sys; sys.argv = ['harness', 'fit', 'model=a_x_k1', 'gpu=h100', '--json']\n"
            "from harness.cli import main\n"
            "try:\n    main()\nexcept SystemExit:\n    pass\n"
            "print(sorted({'torch', 'transformers', 'vllm'} & set(sys.modules)), file=sys.stderr)"
        )
        found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert found.stderr.strip() == "[]"


class TestClusters:
    def test_a_cluster_stands_for_its_gpus(self, harness):
        found = json.loads(harness("fit", "model=k_exaone_236b", "cluster=h200x8", "--json")[1])
        assert (found["gpu"], found["layout"]["gpus_per_node"]) == ("h200_141gb", 4)
        plan = json.loads(harness("serve-command", "model=a_x_k1", "cluster=h100x8", "--json")[1])
        assert (plan["nodes"], plan["gpus_per_node"]) == (2, 8)

    def test_what_is_given_beside_it_takes_precedence(self, harness):
        found = json.loads(harness("fit", "model=k_exaone_236b", "cluster=h200x8", "gpu=h100", "--json")[1])
        assert found["gpu"] == "h100_80gb"

    @pytest.mark.parametrize("verb", ["fit", "serve-command"])
    def test_a_cluster_without_a_file_is_named(self, harness, verb):
        code, _, err = harness(verb, "model=a_x_k1", "cluster=h100x9")
        assert code == 2
        assert "did you mean h100x8" in err

    @pytest.mark.parametrize("verb", ["fit", "serve-command"])
    def test_a_cluster_without_gpus_says_so(self, harness, verb):
        code, _, err = harness(verb, "model=a_x_k1", "cluster=local")
        assert code == 2
        assert "a cluster with GPUs, or gpu=NAME" in err
        assert harness(verb, "model=a_x_k1", "cluster=local", "gpu=h200", "--json")[0] == 0


class TestReplica:
    def test_a_twin_is_written_where_it_is_asked_for(self, harness, tmp_path):
        code, out, _ = harness("replica", "model=k_exaone_236b", "--out", str(tmp_path / "twin"), "--json")
        found = json.loads(out)
        assert code == 0
        assert (found["model"], found["report"]) == ("k_exaone_236b", None)
        assert json.loads((tmp_path / "twin" / "config.json").read_text())["model_type"] == "exaone_moe"

    def test_a_folder_with_files_in_it_is_not_written_to(self, harness, tmp_path):
        (tmp_path / "mine").write_text("x")
        code, _, err = harness("replica", "model=k_exaone_236b", "--out", str(tmp_path))
        assert code == 2
        assert "new or empty folder" in err

    def test_a_model_without_a_twin_says_why(self, harness):
        code, _, err = harness("replica", "model=vaetki_100b")
        assert code == 2
        assert "plugin" in err
