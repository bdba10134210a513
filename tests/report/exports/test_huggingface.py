from dataclasses import replace

import pytest
import yaml

from harness.records import Deviation
from harness.report.exports.huggingface import huggingface
from harness.verdicts import RunEvidence
from tests.examples import benchmark, run, sample

FILE = "d/m/.eval_results/quiz.yaml"
HUB = {"hub": "quizzers/quiz", "split": "test", "revision": "unpinned"}


def test_an_entry_holds_the_value_in_percent_and_how_it_was_measured(data):
    (entry,) = yaml.safe_load(huggingface(data)[FILE])
    assert entry["dataset"] == {"id": "quizzers/quiz", "task_id": "quiz_all", "revision": "abc123"}
    assert (entry["value"], entry["date"]) == (50.0, "2026-01-01")
    assert "0-shot" in entry["notes"]
    assert "protocol house" in entry["notes"]


def test_what_the_hub_does_not_need_is_left_out(data):
    (entry,) = yaml.safe_load(
        huggingface(replace(data, benchmarks={"quiz": benchmark(data=HUB, hub_task="t")}))[FILE]
    )
    assert entry["dataset"] == {"id": "quizzers/quiz", "task_id": "t"}


def test_a_task_of_the_hub_is_never_guessed(data):
    files = huggingface(replace(data, benchmarks={"quiz": benchmark(data=HUB)}))
    assert list(files) == ["README.md"]
    assert "no task of quizzers/quiz is known" in files["README.md"].decode()


def deviating():
    says = {"en": "through 4 bits", "ko": "4비트"}
    return run(
        [[1.0, 0.0]], deviations=[Deviation.model_validate({"field": "weights", "value": "q4", "says": says})]
    )


def truncated():
    found = run([[1.0, 0.0]])
    return RunEvidence(found.manifest, [sample(status="truncated"), *found.samples[1:]], found.folder)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (deviating(), "through 4 bits"),
        (run([[1.0, 0.0]], total=2), "2 answers of 4"),
        (truncated(), "50.0% of the answers are truncated, limit 2.0%"),
    ],
)
def test_what_is_no_measurement_of_the_whole_is_left_out_with_the_reason(data, other, why):
    files = huggingface(replace(data, runs=[other]))
    assert list(files) == ["README.md"]
    assert why in files["README.md"].decode()
