"""Status and scores of an answer, where no server is needed to get one."""

import pytest

from harness.config.settings import load_benchmarks, project
from harness.evaluation.grading import answers_of, grade
from harness.evaluation.tasks import load_task
from harness.records import Answer
from tests.examples import sample

RIGHT = "kaleidoscope nebula nebula whisper whisper whisper " + "labyrinth " * 5 + "paradox " * 7


@pytest.fixture(scope="module")
def first(settings):
    loaded = load_task("ifbench_294", load_benchmarks(project().configs)["ifbench_294"], settings.protocol)
    loaded.task.build_all_requests(limit=1)
    return loaded.task, loaded.task.instances[:1]


@pytest.mark.parametrize(
    ("answer", "status", "loose"),
    [
        (Answer(text=RIGHT, finish_reason="stop"), "scored", 1.0),
        (Answer(text=RIGHT, finish_reason="length"), "truncated", 1.0),
        (Answer(text=" \n", finish_reason="stop"), "empty", None),
        (Answer(text="", finish_reason="length"), "truncated", None),
        (Answer(text=RIGHT, error="HTTP 500"), "error", None),
    ],
    ids=["whole", "cut", "empty", "cut before its first word", "failed"],
)
def test_a_grade_says_how_the_answer_ended_and_what_it_scores(first, answer, status, loose):
    found = grade(*first, [answer])
    assert (found.status, found.scores.get("prompt_level_loose_acc")) == (status, loose)


def test_a_scorer_that_fails_is_an_error_that_another_scorer_may_mend(first):
    task, (instance,) = first
    broken = type(instance)(
        "generate_until", {"instruction_id_list": ["?"], "kwargs": [{}]}, instance.arguments, 0
    )
    found = grade(task, [broken], [Answer(text=RIGHT, finish_reason="stop")])
    assert (found.status, found.scores) == ("error", {})
    assert found.error == "scoring failed: KeyError: '?'"
    again = answers_of(sample(0).model_copy(update={"text": RIGHT, "error": found.error}))
    assert grade(task, [instance], again).status == "scored"


def test_what_the_server_failed_to_answer_stays_an_error_and_likelihoods_come_back():
    (failed,) = answers_of(sample(0).model_copy(update={"error": "HTTP 500"}))
    assert failed.error == "HTTP 500"
    weighed = sample(0).model_copy(update={"answers": {"loglikelihood": [[-1.5, True], [-2.0, False]]}})
    assert [a.loglikelihood for a in answers_of(weighed)] == [(-1.5, True), (-2.0, False)]
