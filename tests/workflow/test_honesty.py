"""A run begins only where the probe finds nothing against its server."""

import pytest

from harness.config.settings import load_settings
from harness.errors import HarnessError
from harness.store import Store
from harness.store.notes import read_probes
from harness.workflow.display import Display
from harness.workflow.run import run_suites
from tests.meddler import meddler, shorter

SMALL = "suite.tasks=[{benchmark:ifbench_294,items:2,repeats:1}]"


def attached(url, results):
    overrides = [SMALL, "protocol.max_tokens=8", "serving=attached", f"serving.urls=[{url}]", f"results={results}"]
    return load_settings(overrides)


def test_a_server_that_something_speaks_against_is_asked_nothing(engine, tmp_path):
    with meddler(engine.url, shorter) as url, pytest.raises(HarnessError, match="speak against it") as caught:
        run_suites([attached(url, tmp_path)], Display(quiet=True))
    assert "max_tokens" in caught.value.text()
    (folder,) = Store(tmp_path).runs()
    assert not folder.samples.exists() or folder.samples.read_text() == ""
    (report,) = read_probes(folder)
    assert [check.name for check in report.failed] == ["max_tokens and finish_reason"]


def test_what_the_probe_found_is_kept_beside_the_answers(engine, tmp_path):
    run_suites([attached(engine.url, tmp_path)], Display(quiet=True))
    (folder,) = Store(tmp_path).runs()
    (report,) = read_probes(folder)
    assert report.failed == []
    assert report.engine_version.startswith("0.")
    assert folder.samples.read_text().count("\n") == 2


def test_thinking_cannot_be_asked_of_a_model_that_does_not_think(tmp_path):
    settings = load_settings(["protocol.thinking=on", f"results={tmp_path}"])
    with pytest.raises(HarnessError, match="does not think"):
        run_suites([settings], Display(quiet=True))
