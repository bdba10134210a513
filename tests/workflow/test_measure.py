import json

import pytest

from harness.cli.measuring import _print_outcome
from harness.verdicts import RunEvidence
from harness.workflow.measure import Measured, not_korean
from harness.workflow.run import RunReport
from tests.examples import benchmark, run, sample

QUIZ = {"quiz": benchmark(capability=["korean", "knowledge"])}


def answered(*texts: str) -> RunEvidence:
    found = run([[1.0]])
    return RunEvidence(found.manifest, [sample(i, text=text) for i, text in enumerate(texts)], found.folder)


def test_answers_in_another_language_are_a_rate_of_each_run_that_asks_in_korean():
    one = answered("정답: A", "Answer: B", "정답: C", "D")
    assert not_korean([one], QUIZ) == {one.folder: pytest.approx(1 / 3)}


def test_a_benchmark_that_does_not_ask_in_korean_has_no_such_rate():
    assert not_korean([answered("Answer: A")], {"quiz": benchmark()}) == {}


def test_answers_without_words_have_no_such_rate():
    assert not_korean([answered("A", "B")], QUIZ) == {}


def test_a_run_says_how_many_answers_were_not_in_korean(capsys):
    report = RunReport(folders=["results/runs/m/quiz/0"], samples=4, answered=4, seconds={})
    outcome = Measured(report, [], [], None, {"results/runs/m/quiz/0": 0.0312})
    _print_outcome(outcome, as_json=False)
    assert "answers not in Korean: 3.1 % of results/runs/m/quiz/0" in capsys.readouterr().out
    _print_outcome(outcome, as_json=True)
    assert json.loads(capsys.readouterr().out)["not_korean"] == {"results/runs/m/quiz/0": 0.0312}


@pytest.mark.parametrize(
    ("page", "said"), [("site/index.html", "page: site/index.html"), (None, "next: harness site")]
)
def test_what_was_measured_says_where_its_pages_are_or_what_writes_them(page, said, capsys):
    report = RunReport(folders=[], samples=0, answered=0, seconds={})
    _print_outcome(Measured(report, [], [], page, {}), as_json=False)
    assert said in capsys.readouterr().out
