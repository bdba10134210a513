from harness.records import ReplicaReport, Says, Verdict
from harness.store import Store


def verdict(**changes):
    data = {
        "claim": "card/table/quiz/m",
        "lane": "measured",
        "verdict": "undecided",
        "claimed": "50.0",
        "unit": "percent",
        "reasons": [Says(en="because", ko="때문에")],
        "next": {"en": "more", "ko": "더"},
        "rule": "1.0",
        "code": "0",
    }
    return Verdict.model_validate(data | changes)


def test_an_earlier_verdict_stays_in_the_history(tmp_path):
    store = Store(tmp_path)
    store.write_verdict(verdict())
    found = store.write_verdict(verdict(verdict="reproduced", measured=50.1))
    assert [entry["verdict"] for entry in found.history] == ["undecided"]


def test_writing_the_same_verdict_again_changes_no_byte(tmp_path):
    store = Store(tmp_path)
    store.write_verdict(verdict())
    first = store.verdict_path("card/table/quiz/m").read_bytes()
    store.write_verdict(verdict())
    assert store.verdict_path("card/table/quiz/m").read_bytes() == first


def test_evidence_is_named_without_an_absolute_path(tmp_path):
    assert Store(tmp_path).relative(tmp_path / "runs" / "m") == "results/runs/m"


def test_the_twins_of_one_model_are_recorded_side_by_side(tmp_path):
    text, images, later = [
        ReplicaReport(model="m", replica=kind, engine=engine)
        for kind, engine in [("text", "1"), ("images", "1"), ("text", "2")]
    ]
    for report in (text, images, later):
        Store(tmp_path).write_replica(report)
    assert Store(tmp_path).read_replicas() == {("m", "text"): later, ("m", "images"): images}
