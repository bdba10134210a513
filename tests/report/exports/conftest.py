"""A small data set: a free benchmark and one that may not be passed on, a run of each, what others measured."""

import pytest

from harness.records import Finding, Model
from harness.report.exports import Dataset
from harness.report.third_party import ThirdPartyScore
from harness.verdicts import Context, RunEvidence, decide
from tests.examples import benchmark, claim, identity, model, run, sample, source


def hosted() -> Model:
    changes = {"id": "closed", "name": "Closed", "developer": "Maker of Closed", "weights": None}
    url = "https://closed.example/v1"
    service = {"url": url, "model": "closed-1", "key": "CLOSED_KEY"}
    return model(**changes, released=url, hosted=service)


def finding() -> Finding:
    says = {"en": "the table says 49", "ko": "표에는 49로 되어 있다"}
    return Finding.model_validate(
        {
            "id": "agreement/1",
            "check": "agreement",
            "claims": ["card/table/quiz/m"],
            "judged": ["card/table/quiz/m"],
            "statement": says,
            "claimed": {"en": "50", "ko": "50"},
            "recomputed": {"en": "49", "ko": "49"},
            "verdict": "contradicted",
            "severity": "minor",
            "evidence": ["card.yaml:1"],
            "arithmetic": "50 ≠ 49",
            "says": says,
        }
    )


def secret_run() -> RunEvidence:
    ours = identity(task="secret", model="closed")
    found = run([[1.0, 0.0], [0.0, 0.0]], identity=ours, key=ours.key, benchmark="secret", protocol="maker/closed")
    samples = [
        sample(i, repeat, score, item=f"secret/0000{i}", answers={"strict": "B"}, text="said by the model")
        for i, row in enumerate([[1.0, 0.0], [0.0, 0.0]])
        for repeat, score in enumerate(row)
    ]
    return RunEvidence(found.manifest, samples, f"results/runs/closed/secret/{ours.key}")


@pytest.fixture
def data() -> Dataset:
    benchmarks = {
        "quiz": benchmark(
            data={"hub": "quizzers/quiz", "name": "main", "split": "test", "revision": "abc123"},
            hub_task="quiz_all",
        ),
        "secret": benchmark(id="secret", names=["Secret"], redistribution="internal_only", licence="none stated"),
    }
    models = {"m": model(), "closed": hosted()}
    article = source(
        id="article", kind="press", party="third", title="A {bold} & 50 % claim_of \\ all", date="2026-01"
    )
    claims = [
        claim(source=source(of="m", date="2026-01-02", url="https://hub.example/m")),
        claim(id="article/s1", source=article, value="-3", kind="score", protocol={"known": {"temperature": 0.5}}),
        claim(id="card/table/secret/closed", model="closed", benchmark="secret", value="25.0"),
    ]
    runs = [run([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]), secret_run()]
    verdicts = {}
    for each in claims[:1] + claims[2:]:
        ours = {each.model: [r for r in runs if r.manifest.identity.model == each.model]}
        verdicts[each.id] = decide(each, ours, None, Context(benchmarks[each.benchmark], code="0"))
    was = {"measured": None, "protocol": None, "newest": None, "rule": "1.0", "code": "0"}
    changed = verdicts["card/table/quiz/m"]
    verdicts["card/table/quiz/m"] = changed.model_copy(update={"history": [{"verdict": "not_measured", **was}]})
    return Dataset(
        claims=claims,
        verdicts=verdicts,
        findings=[finding()],
        runs=runs,
        benchmarks=benchmarks,
        models=models,
        third_party=[
            ThirdPartyScore(
                place="results/imports/board/quiz/0123",
                model="m",
                benchmark="quiz",
                named_model="d/m",
                named_task="Quiz",
                metric="accuracy",
                score=51.0,
                unit="percent",
                error=None,
                items=300,
                samples=0,
                scored_by="log",
                by="A university (third party)",
                protocol={"num_fewshot": "5"},
                format="eee_aggregate",
                files=["a.json"],
            )
        ],
        prompts={"0": "What is asked?"},
    )
