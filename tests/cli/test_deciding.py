"""Deciding from files, as a person at a terminal does it."""

import json

import pytest
from typer.testing import CliRunner

from harness.cli import app
from harness.config.settings import project
from harness.errors import UsageError
from tests.examples import run as run_of

RECORDED = project().root / "results/reference"
IFBENCH = RECORDED / "smollm2_135m_demo/ifbench_294.scores.jsonl"
CLAIM = {"id": "c", "kind": "score", "value": "50.0", "unit": "percent", "k_source": 8, "source_decoding": "same"}


@pytest.fixture
def files(tmp_path):
    """Write a claim and answers; return the arguments that name them."""

    def write(claim, **tables):
        (tmp_path / "claim.yaml").write_text(json.dumps(claim))
        for name, rows in tables.items():
            lines = [
                json.dumps({"item": f"i{i}", "repeat": r, "score": score, "status": "scored"})
                for i, row in enumerate(rows)
                for r, score in enumerate(row)
            ]
            (tmp_path / f"{name}.jsonl").write_text("\n".join(lines))
        return tmp_path

    return write


def decide(folder, *arguments, claim="claim.yaml"):
    found = CliRunner().invoke(app, ["decide", "--claim", str(folder / claim), *map(str, arguments), "--json"])
    if isinstance(found.exception, UsageError):
        raise found.exception
    return found.exit_code, json.loads(found.stdout)


HALF = [[1.0] * 8] * 500 + [[0.0] * 8] * 500


def test_a_claim_is_decided_from_two_files(files):
    folder = files(CLAIM, a=HALF)
    code, found = decide(folder, "--samples", folder / "a.jsonl")
    assert code == 0
    assert (found["verdict"], found["measured"], found["claimed"], found["difference"]) == (
        "reproduced",
        50,
        50,
        0,
    )
    assert {"interval90", "interval95", "delta", "tipping_delta", "mde80", "deviations", "gates", "next"} <= set(
        found
    )
    assert found["reasons"][0] == "Claimed 50.0, measured 50.0: 0.0 higher."
    assert len(found["reasons"]) == len(found["reasons_ko"])


def test_a_failed_gate_exits_3(files):
    folder = files(CLAIM | {"n": 2000}, a=HALF)
    code, found = decide(folder, "--samples", folder / "a.jsonl")
    assert (code, found["verdict"]) == (3, "not_measured")


def test_two_models_on_the_same_items(files):
    ahead = [[1.0] * 2] * 30 + [[0.0] * 2] * 30
    folder = files(CLAIM | {"kind": "exceeds", "value": None}, a=ahead, b=[[0.0] * 2] * 60)
    _, found = decide(folder, "--samples", folder / "a.jsonl", "--comparator-samples", folder / "b.jsonl")
    assert (found["verdict"], found["measured"], found["claimed"]) == ("reproduced", 50, None)


def test_protocols_that_disagree_make_a_claim_depend_on_them(files):
    folder = files(CLAIM, a=HALF, b=[[0.0] * 8] * 1000)
    _, found = decide(folder, "--samples", folder / "a.jsonl", "--protocol", f"cold={folder / 'b.jsonl'}")
    assert (found["verdict"], found["flips"]) == ("protocol_dependent", "protocol: main or cold")
    assert [point["protocol"] for point in found["specifications"]] == ["cold", "main"]


def test_a_comparator_under_another_protocol_stands_behind_the_comma(files):
    ahead = [[1.0] * 2] * 30 + [[0.0] * 2] * 30
    folder = files(CLAIM | {"kind": "exceeds", "value": None}, a=ahead, b=[[0.0] * 2] * 60)
    a, b = folder / "a.jsonl", folder / "b.jsonl"
    _, found = decide(folder, "--samples", a, "--comparator-samples", b, "--protocol", f"turned={b},{a}")
    assert found["verdict"] == "protocol_dependent"


def test_the_recorded_reference_run_is_decided_by_the_metric_named(files):
    folder = files(CLAIM | {"value": "12.5", "delta": 5, "metric": "prompt_level_loose_acc", "same_cap": True})
    _, found = decide(folder, "--samples", IFBENCH)
    assert (found["measured"], found["n"], found["repeats"]) == (12.5, 38, 8)
    assert found["verdict"] == "reproduced"


def test_what_the_manifest_beside_the_answers_says_counts(files):
    folder = files(CLAIM)
    off = {"field": "weights", "value": "q4", "says": {"en": "through 4 bits", "ko": "4비트"}}
    evidence = run_of(HALF, deviations=[off])
    (folder / "manifest.json").write_text(evidence.manifest.model_dump_json())
    lines = "".join(sample.model_dump_json() + "\n" for sample in evidence.samples)
    (folder / "samples.jsonl").write_text(lines)
    _, found = decide(folder, "--samples", folder / "samples.jsonl")
    assert (found["verdict"], found["deviations"][0]["field"]) == ("undecided", "weights")
    files(CLAIM | {"about": ["weights"]})
    assert decide(folder, "--samples", folder / "samples.jsonl")[1]["verdict"] == "reproduced"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"value": 73.0}, "value: Input should be a valid string"),
        ({"value": "about 70"}, "not a number as printed"),
        ({"value": "173.0"}, "lies outside what the metric can be"),
        ({"kind": "best"}, "kind: Input should be"),
        ({"metrc": "acc"}, "metrc: Extra inputs"),
        ({"delta": -1}, "delta: Input should be greater than 0"),
        ({"value": None}, "needs a value"),
        ({"kind": "exam_grade", "value": "1"}, "needs `points`"),
        ({"looks": [8, 4]}, "ascending"),
    ],
)
def test_a_claim_that_is_none_is_an_error_that_names_the_key(files, change, says):
    folder = files(CLAIM | change, a=HALF)
    with pytest.raises(UsageError) as caught:
        decide(folder, "--samples", folder / "a.jsonl")
    assert says in caught.value.found
    assert "claim.yaml, line 1" in caught.value.where


@pytest.mark.parametrize("text", ["[1, 2", "a: 1\na: 2\n", ""])
def test_a_file_that_is_no_claim_is_an_error(files, text):
    folder = files(CLAIM, a=HALF)
    (folder / "claim.yaml").write_text(text)
    with pytest.raises(UsageError, match=r"claim\.yaml"):
        decide(folder, "--samples", folder / "a.jsonl")


def test_a_comparator_that_is_missing_is_asked_for(files):
    folder = files(CLAIM | {"kind": "exceeds", "value": None}, a=HALF)
    with pytest.raises(UsageError, match="0 under main"):
        decide(folder, "--samples", folder / "a.jsonl")


def test_a_person_reads_the_verdict_in_words(files):
    folder = files(CLAIM, a=HALF)
    found = CliRunner().invoke(
        app, ["decide", "--claim", str(folder / "claim.yaml"), "--samples", str(folder / "a.jsonl")]
    )
    assert "● reproduced" in found.stdout
    assert "next: nothing: the claim is decided at this margin" in found.stdout


def test_preflight_says_of_every_claim_whether_it_can_be_decided():
    found = CliRunner().invoke(app, ["preflight", "claims=solar_open_100b", "--json"])
    listed = json.loads(found.stdout)["preflight"]
    assert {one["decidable"] for one in listed} == {True, False, None}
    assert all(one["why"]["en"] and one["why"]["ko"] for one in listed)


def test_preflight_counts_what_can_be_decided():
    found = CliRunner().invoke(app, ["preflight", "claims=solar_open_100b"])
    assert " decidable, " in found.stdout
    assert "●" in found.stdout


def test_the_audit_prints_the_rule_s_own_error_rates_and_keeps_them(tmp_path):
    found = CliRunner().invoke(app, ["audit", "--trials", "10", "--json", f"results={tmp_path}"])
    assert found.exit_code == 0
    audited = json.loads(found.stdout)
    recorded = {str(path.relative_to(project().root)) for path in RECORDED.glob("*/*.scores.jsonl")}
    assert {row["log"] for row in audited["rows"]} == recorded
    assert str(IFBENCH.relative_to(project().root)) in recorded
    assert json.loads((tmp_path / "audit.json").read_text()) == audited
    assert (
        "false reproduction" in CliRunner().invoke(app, ["audit", "--trials", "10", f"results={tmp_path}"]).stdout
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--protocol", "main={a}"), "another name"),
        (("--protocol", "cold"), "NAME=FILE"),
        (("--protocol", "cold={a}", "--protocol", "cold={a}"), "every name once"),
        (("--protocol", "cold={b}"), "the same items under every protocol"),
        (("--comparator-samples", "{a}"), "0 file(s) of a comparator"),
        (("--protocol", "cold={a},{a}"), "0 file(s) of a comparator"),
    ],
)
def test_files_that_a_claim_has_no_use_for_are_refused(files, arguments, says):
    folder = files(CLAIM, a=HALF, b=HALF[:10])
    given = [text.format(a=folder / "a.jsonl", b=folder / "b.jsonl") for text in arguments]
    with pytest.raises(UsageError) as caught:
        decide(folder, "--samples", folder / "a.jsonl", *given)
    assert says in caught.value.expected + caught.value.found


@pytest.mark.parametrize("text", ["&a [*a]", "[" * 5000, "[1, 2]", "- a", "just words"])
def test_what_is_no_claim_at_all_is_an_error_in_words(files, text):
    folder = files(CLAIM, a=HALF)
    (folder / "claim.yaml").write_text(text)
    with pytest.raises(UsageError) as caught:
        decide(folder, "--samples", folder / "a.jsonl")
    assert "Terms" not in caught.value.found
    assert not caught.value.found.startswith(":")
