import pytest

from harness.planning.zoo import row_of
from harness.records import ProbeCheck, ProbeReport, ReplicaReport
from tests.examples import model

PROBE = ProbeReport(model="m", engine_version="0", started="2026-01-01T00:00:00+00:00", seconds=1.0, checks=[])
FOUND_OUT = PROBE.model_copy(update={"checks": [ProbeCheck(name="seed", outcome="failed", found="one", fix="x")]})
REPORT = ReplicaReport(model="m", replica="small", engine="vllm 1", healthy_seconds=30.0, probe=PROBE)
ENDED = REPORT.model_copy(update={"problem": "expected: a server\nfound: no memory\nwhere: log"})
PACKAGE = {"origin": {"package": "m", "version": "1", "sha256": "0" * 64, "member": "m.gguf"}, "format": "gguf"}


@pytest.mark.parametrize(
    ("changes", "report", "served", "words"),
    [
        ({"replica": "small"}, REPORT, True, "vllm 1"),
        ({"replica": "small"}, None, False, "not tried yet"),
        ({"replica": "small"}, REPORT.model_copy(update={"probe": FOUND_OUT}), False, "seed"),
        (
            {"replica": "small"},
            ENDED,
            False,
            "no memory",
        ),
        ({"no_replica": "it has no class"}, None, False, "it has no class"),
        ({"weights": PACKAGE}, None, True, "the model itself"),
    ],
)
def test_a_row_says_whether_the_model_was_served_and_why_not(changes, report, served, words):
    row = row_of(model(**changes), [report])
    assert row.served is served
    assert words in row.served_note


LOOKED = PROBE.model_copy(update={"checks": [ProbeCheck(name="image", outcome="passed", found="27 tokens")]})


@pytest.mark.parametrize(
    ("second", "served", "words"),
    [
        (REPORT.model_copy(update={"probe": LOOKED}), True, "its twin with images, on vllm 1"),
        (REPORT.model_copy(update={"probe": FOUND_OUT}), False, "seed"),
        (None, False, "not tried yet"),
    ],
)
def test_a_model_with_two_twins_was_served_when_both_were(second, served, words):
    row = row_of(model(replica="small", vision_replica="seeing"), [REPORT, second])
    assert row.served is served
    assert words in row.served_note
