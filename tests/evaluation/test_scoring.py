import subprocess
import sys

import pytest

from harness.config.settings import load_benchmarks, project
from harness.errors import HarnessError, UsageError
from harness.evaluation.items import read_items
from harness.evaluation.scoring import rehearse
from harness.evaluation.tasks import load_task

BENCHMARKS = load_benchmarks(project().configs)


def test_a_missing_scoring_resource_is_found_before_the_first_request(settings, monkeypatch, tmp_path):
    import nltk

    loaded = load_task("ifbench_294", BENCHMARKS["ifbench_294"], settings.protocol)
    loaded.task.build_all_requests()
    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    monkeypatch.setenv("NLTK_DATA", str(tmp_path))
    with pytest.raises(HarnessError) as caught:
        rehearse(loaded.task, loaded.name, loaded.task.instances, runs_code=False)
    assert "LookupError" in caught.value.found
    assert "item" in caught.value.where


def test_an_unknown_task_names_the_nearest_one(settings):
    with pytest.raises(UsageError, match="did you mean ifbench_294"):
        load_task("ifbench_29", BENCHMARKS["ifbench_294"], settings.protocol)


def test_items_that_differ_from_the_pinned_ones_are_refused(settings):
    with pytest.raises(HarnessError, match="SHA-256"):
        (origin,) = BENCHMARKS["humaneval"].data
        other = origin.model_copy(update={"file_sha256": "0" * 64})
        read_items(BENCHMARKS["humaneval"].model_copy(update={"data": [other]}))
    with pytest.raises(HarnessError, match="163 items"):
        load_task("humaneval_chat", BENCHMARKS["humaneval"].model_copy(update={"items": 163}), settings.protocol)


HASH = """
from harness.config.settings import load_benchmarks, load_settings, project
from harness.evaluation.tasks import load_task
benchmark = load_benchmarks(project().configs)["humaneval"]
loaded = load_task("humaneval_chat", benchmark, load_settings().protocol)
print(loaded.task_sha256, loaded.data_sha256)
"""


def test_the_hashes_are_the_same_in_every_process_and_differ_between_tasks(settings):
    found = subprocess.run([sys.executable, "-c", HASH], capture_output=True, text=True, check=True)
    humaneval = load_task("humaneval_chat", BENCHMARKS["humaneval"], settings.protocol)
    assert found.stdout.split() == [humaneval.task_sha256, humaneval.data_sha256]
    ifbench = load_task("ifbench_294", BENCHMARKS["ifbench_294"], settings.protocol)
    assert ifbench.task_sha256 != humaneval.task_sha256
    assert ifbench.data_sha256 != humaneval.data_sha256
