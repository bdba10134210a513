import pytest

from harness.config.settings import load_settings
from harness.records import Request
from harness.store import RunFolder, Store
from harness.store.throughput import read_throughput
from harness.workflow.throughput import Meter
from tests.examples import identity, run, sample


def answer(index: int, second: int, seconds: float, **changes):
    started = f"2026-01-01T00:00:{second:02}.000+00:00"
    asked = Request(sha256="0", prompt_tokens=7)
    return sample(index, started=started, seconds=seconds, request=asked, completion_tokens=50, **changes)


def metered(tmp_path, *answers, **served):
    folder = RunFolder(tmp_path / "runs" / "a")
    overrides = [f"serving.{name}={value}" for name, value in served.items()]
    meter = Meter(
        load_settings(overrides), {folder.path: run([[1.0]], identity=identity(model="smollm2_135m")).manifest}
    )
    meter.asks({"quiz": folder})
    for one in answers:
        meter.add(one)
    meter.keep(Store(tmp_path))
    return read_throughput([tmp_path / "throughput.jsonl"])


def test_time_counts_only_while_answers_are_under_way(tmp_path):
    (line,) = metered(tmp_path, answer(0, 0, 10), answer(1, 5, 10), answer(2, 40, 5))
    assert line.seconds == pytest.approx(20)
    assert line.in_flight == pytest.approx(25 / 20)
    assert (line.gpu, line.device, line.gpus, line.servers) == (None, "cpu", 0, 1)
    (part,) = line.answered
    assert (part.benchmark, part.answers, part.tokens_in, part.tokens_out) == ("quiz", 3, 21, 150)
    assert line.rate == pytest.approx(150 / 20)


def test_several_servers_share_what_they_answered(tmp_path):
    (line,) = metered(tmp_path, answer(0, 0, 10), answer(1, 0, 10, replica=1), replicas=2)
    assert line.rate == pytest.approx(100 / 10 / 2)


def test_errors_and_runs_that_answered_nothing_leave_no_line(tmp_path):
    assert metered(tmp_path, answer(0, 0, 10, status="error")) == []


def test_servers_of_others_are_not_measured(tmp_path):
    assert metered(tmp_path, answer(0, 0, 10), urls="[http://127.0.0.1:1]") == []
