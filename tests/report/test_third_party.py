from harness.records import Import, LogFile, ReportedScore
from harness.report.third_party import by_claim, scores_of
from tests.examples import benchmark, claim, model, sample

MODELS = {"m": model()}
BENCHMARKS = {"quiz": benchmark(names=["Quiz", "The Quiz"])}


def imported(**changes):
    data = {"format": "eee", "files": [LogFile(name="a", sha256="0" * 64)], "task": "quiz", "model": "d/m"}
    return Import.model_validate({**data, "items": 2, "samples": 2, **changes})


def scores(record, samples=()):
    return scores_of("results/imports/a", record, samples, MODELS, BENCHMARKS, {})


def test_answers_of_a_log_give_its_mean_and_one_without_a_score_counts_0():
    (found,) = scores(imported(by="somebody"), [sample(0, 0, 1.0), sample(1, 0).model_copy(update={"scores": {}})])
    assert (found.metric, found.score, found.items, found.by, found.scored_by) == (
        "acc",
        0.5,
        2,
        "somebody",
        "log",
    )


def test_scores_of_repeats_that_were_scored_together_count_once():
    together = [sample(0, 0, 1.0), sample(0, 1).model_copy(update={"scores": {}})]
    (found,) = scores(imported(together=True), together)
    assert found.score == 1.0


def test_a_reported_score_keeps_its_unit_and_its_error():
    score = ReportedScore(metric="accuracy", score=61.5, unit="percent", error=1.0, items=300)
    (found,) = scores(imported(samples=0, reported=[score], protocol={"num_fewshot": "5"}))
    assert (found.score, found.unit, found.error, found.items, found.protocol) == (
        *(61.5, "percent", 1.0, 300, {"num_fewshot": "5"}),
    )


def test_models_and_benchmarks_are_found_by_any_of_their_names():
    names = [(name, task) for name in ("d/m", "D/M", "m", "M") for task in ("quiz", "THE QUIZ", "quiz/strict")]
    for name, task in names:
        (found,) = scores(imported(model=name, task=task), [sample()])
        assert (found.model, found.benchmark) == ("m", "quiz"), (name, task)
    (found,) = scores(imported(model="who", task="what"), [sample()])
    assert (found.model, found.benchmark) == (None, None)


def test_a_claim_sees_only_scores_of_its_own_model_on_its_own_benchmark():
    (found,) = scores(imported(), [sample()])
    other = claim(id="other", benchmark="exam")
    assert by_claim([claim(), other], [found]) == {claim().id: [found]}
    assert by_claim([claim()], scores(imported(model="who"), [sample()])) == {}
