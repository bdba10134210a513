"""A suite whose benchmarks cannot all be had."""

import pytest

from harness.config.settings import load_settings
from harness.errors import HarnessError
from harness.workflow.display import Display
from harness.workflow.run import run_suites


def test_every_benchmark_that_cannot_be_had_is_named_at_once_and_how_to_run_the_others(tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_DATA", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    tasks = "suite.tasks=[{benchmark:humaneval,items:1,repeats:1},kobalt,klue_nli]"
    with pytest.raises(HarnessError, match="2 of 3 cannot be had here") as caught:
        run_suites([load_settings([tasks, f"results={tmp_path}"])], Display(quiet=True))
    assert "'suite.tasks=[humaneval]' runs the others" in caught.value.fix
    assert "HF_HOME" in caught.value.fix
    assert "kobalt" in caught.value.detail and "klue_nli" in caught.value.detail
