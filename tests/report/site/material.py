"""A small site with everything that pages can show, and with texts that attack it."""

from collections.abc import Mapping
from typing import Any

from harness.claims.checks import CHECKS
from harness.planning.plan import CostedRun, Plan
from harness.records import (
    Attempt,
    Audit,
    Campaign,
    Cluster,
    Cost,
    Decoding,
    ErrorRate,
    Finding,
    PlannedRun,
    PlantedRow,
    Progress,
    Says,
    ServerJob,
    Subject,
    Surrender,
    Verdict,
)
from harness.records.cluster import Slurm
from harness.records.site import SiteSettings
from harness.report.site import CampaignRecords, JobRecords, Material, Renderer, downloads, listed, pages
from harness.report.site.site import scripts
from harness.report.site.words import LANGUAGES
from harness.report.third_party import ThirdPartyScore
from harness.statistics.many import RandomEffects
from harness.verdicts import Context, RunEvidence, decide
from harness.verdicts.families import Vendor
from tests.examples import benchmark, claim, identity, model, run, sample, source, statement, table

ATTACK = "<script>window.attacked = 1</script><img src=x onerror='window.attacked = 1'>\u202e\x1b[31m"
LINE = "x" * 1_000_000
HIDDEN = "a text that may not be passed on"
SETTINGS = SiteSettings(address="https://example.org/site/", report="https://example.org/new?title={claim}")
KNOWN = {"known": {"temperature": 0.5, "max_tokens": 100}, "unstated": ["repeats", "judge"]}
CONTEXT = Context(
    benchmark(), Says(en="no run", ko="실행 없음"), Says.same("harness run model=m suite=s"), "0.1.0"
)


def evidence(name: str = "quiz", text: str = "fine", **changes: Any) -> RunEvidence:
    """Answers to two items of a benchmark, twice: one right, one that changes, one cut off."""
    found = run([[1.0, 1.0], [0.0, 1.0]], benchmark=name, **changes)
    samples = [
        sample(0, 0, 1.0, text=text, answers={"strict": "B"}, completion_tokens=3),
        sample(0, 1, 1.0, text=LINE, reasoning=f"thoughts {text}"),
        sample(1, 0, 0.0, text=text, status="truncated", finish_reason="length"),
        sample(1, 1, 1.0, text=text, answers={"strict": text * 50}, error=f"said {text}"),
    ]
    return RunEvidence(found.manifest, samples, f"results/runs/m/{name}/{found.manifest.key}")


def answered(name: str, right: int, protocol: str = "house", temperature: float = 0.5) -> RunEvidence:
    """Four answers each to forty items of a puzzle, of which so many in ten are right."""
    scores = [[float((7 * i + 3 * r) % 10 < right) for r in range(4)] for i in range(40)]
    found = run(scores, benchmark="puzzle", protocol=protocol)
    who = identity(model=name, decoding=Decoding(temperature=temperature))
    manifest = found.manifest.model_copy(update={"identity": who, "key": who.key})
    return RunEvidence(manifest, found.samples, f"results/runs/{name}/puzzle/{who.key}")


def finding(**changes: Any) -> Finding:
    data: dict[str, Any] = {
        "id": "f",
        "check": "ratio_from_rows",
        "claims": ["article/s", "card/table/quiz/m"],
        "judged": ["article/s"],
        "statement": Says(en="m leads by 110 %", ko="m이 110% 앞선다"),
        "claimed": Says.same("110 %"),
        "recomputed": Says.same("102 %"),
        "verdict": "contradicted",
        "severity": "major",
        "evidence": ["card.yaml:1"],
        "arithmetic": f"89.8 / 88.4 {ATTACK}",
        "says": Says(en="No reading agrees.", ko="맞는 해석이 없다."),
    }
    return Finding.model_validate(data | changes)


def material(text: str = ATTACK, **changes: Any) -> Material:
    """A team's model, a comparator, an article, a card and its earlier revision, runs that may be shown or not."""
    other = source(id="other-card", title=f"Another card {text}", date="2026-01-15", of="n")
    earlier = source(id="card-earlier", title="The card, an earlier revision")
    card = source(date="2026-02-06", supersedes="card-earlier", url="https://example.org/card")
    report = source(id="report", title="A report that holds two models", date="2026-03-01")
    cells = {
        "puzzle": {"m": "80.0", "n": "75.0"},
        "exam": {"m": "61.5", "n": "64.0"},
        "quiz": {"m": "50.0", "n": "50.0"},
    }
    claims = [
        *table(cells, source=report, protocol=KNOWN),
        claim(
            id="report/ahead",
            source=report,
            kind="exceeds",
            value="5.0",
            benchmark="puzzle",
            comparators=["n"],
            protocol=KNOWN,
            says={"en": f"m beats n {text}", "ko": f"m이 n을 앞선다 {text}"},
        ),
        claim(source=card, protocol=KNOWN, reply=REPLY),
        claim(id="card/table/quiz/n", source=card, model="n", value="61.0"),
        claim(id="card-earlier/table/quiz/m", source=earlier, value="52.0", standing="superseded"),
        claim(id="other-card/table/exam/m", source=other, benchmark="exam", protocol=KNOWN),
        statement(says={"en": f"m leads {text}", "ko": f"m이 앞선다 {text}"}),
        statement("closed", lanes=[], untestable="the weights are not public", model="team"),
    ]
    shown, hidden = evidence(text=text), evidence("exam", HIDDEN + text)
    puzzled = [answered("m", 8), answered("m", 6, "variant/warm", 1.0), answered("n", 7)]
    runs = {
        "quiz": {"m": [shown]},
        "exam": {"m": [hidden]},
        "puzzle": {"m": puzzled[:2], "n": puzzled[2:]},
    }
    registry = {
        "quiz": benchmark(),
        "puzzle": benchmark(id="puzzle", names=["Puzzle"], items=40),
        "exam": benchmark(id="exam", names=["Exam"], redistribution="internal_only"),
    }
    verdicts = {
        one.id: decide(one, runs[one.benchmark or "quiz"], None, CONTEXT).model_copy(
            update={
                "history": [
                    {"verdict": "not_measured", "measured": None, "newest": None, "rule": "1", "code": "0"}
                ]
            }
            if one.id == "card/table/quiz/m"
            else {}
        )
        for one in claims
    }
    data: dict[str, Any] = {
        "claims": claims,
        "verdicts": verdicts,
        "settings": SETTINGS,
        "models": {"m": model(developer="Team"), "n": model(id="n", name="N", compared_with=["m"])},
        "benchmarks": registry,
        "subjects": {"team": Subject(id="team", name="Team", kind="team")},
        "runs": [shown, hidden, *puzzled],
        "findings": [finding()],
        "checks": CHECKS,
        "vendors": [Vendor("D", 2, RandomEffects(-1.0, 0.5, -2.0, 0.1, 0.0))],
        "audit": AUDIT,
        "third_party": [OTHERS],
        "planned": PLANNED,
        "campaigns": [CAMPAIGN, RESTING],
        "reproduce": {"card/table/quiz/m": "harness run model=m suite=s"},
    }
    return Material(**data | changes)


PLANNED = Plan(
    "h200x8",
    [
        CostedRun(
            PlannedRun(
                model="m",
                suite="s",
                benchmark="quiz",
                protocol="maker/m",
                items=None,
                repeats=4,
                claims=["card/table/quiz/m", "card-earlier/table/quiz/m"],
            ),
            Cost(
                requests=8,
                gpus=16,
                nodes=2,
                gpu_hours=12.3,
                gpu_hours_most=98.0,
                basis=[Says(en="8,209 tokens an answer: assumed", ko="답변당 8,209토큰: 가정")],
            ),
        ),
        CostedRun(
            PlannedRun(
                model="m",
                suite="s",
                benchmark="exam",
                protocol="house",
                items=None,
                repeats=None,
                claims=["other-card/table/exam/m"],
            ),
            Cost(basis=[Says(en="no layout", ko="배치 없음")]),
        ),
    ],
    [],
    [],
    Cost(),
)
NODE, PLACE = "gpu-node-017.example", "/home/a-user/project"
"""What no public page may name."""
JOB = ServerJob(
    id="m",
    model="m",
    suites=[
        [
            "model=m",
            "suite=s",
            "suite.tasks=[{benchmark:quiz},{benchmark:exam,items:2,repeats:3}]",
            "protocol=maker/m",
        ]
    ],
    nodes=2,
    gpus_per_node=8,
    samples=10,
    gpu_hours=20.0,
)
ATTEMPTS = [
    Attempt(
        number=1,
        slurm="7_0",
        node=NODE,
        started="2026-11-20T08:00:00+00:00",
        ended="2026-11-20T08:30:00+00:00",
        outcome="failed",
        exit_code=1,
        new=1,
        why=f"OSError: {PLACE}/weights on {NODE} port 10.1.2.3:8000 {ATTACK}",
    ),
    Attempt(number=2, slurm="8_0", node=NODE, started="2026-11-20T09:00:00+00:00"),
]
CAMPAIGN = CampaignRecords(
    Campaign(
        id="trial",
        created="2026-11-20T07:00:00+00:00",
        code="0.1.0",
        command=["claims=card*", "cluster=big", f"results={PLACE}", "cluster.slurm.account=a-user"],
        cluster=Cluster(id="big", gpu="h200_141gb", gpus_per_node=8, slurm=Slurm(account="a-user")),
        jobs=[JOB],
    ),
    [
        JobRecords(
            JOB,
            ATTEMPTS,
            Progress(
                attempt=2,
                when="2026-11-20T09:15:00+00:00",
                since="2026-11-20T09:05:00+00:00",
                total=8,
                done=4,
                new=3,
                logs=[f"{evidence().folder.removeprefix('results/')}/samples.jsonl"],
            ),
            submitted=True,
        )
    ],
)
GIVEN_UP = Surrender(when="2026-11-19T12:00:00+00:00", after=0, why=f"{PLACE} is full", fix="room")
RESTING = CampaignRecords(
    CAMPAIGN.plan.model_copy(update={"id": "earlier", "created": "2026-11-19T07:00:00+00:00", "rehearsal": True}),
    [JobRecords(JOB, [], None, GIVEN_UP, submitted=True)],
)


def site(found: Material) -> dict[str, str]:
    """Every file of a site by its path."""
    draw = Renderer(found.settings)
    beside = downloads(found)
    files = {"index.html": draw.root(), **dict(scripts(found))}
    files |= {file.path: file.content.decode(errors="replace") for file in beside}
    for page in pages(found, listed(beside)):
        files[f"data/{page.path}.json"] = page.twin
        files |= {f"{language}/{page.path}.html": draw.html(page, language) for language in LANGUAGES}
    return files


def changed(found: Material, verdict: Mapping[str, Any]) -> Material:
    """The same with another verdict on the card's claim."""
    name = "card/table/quiz/m"
    old: Verdict = found.verdicts[name]
    return Material(**{**vars(found), "verdicts": {**found.verdicts, name: old.model_copy(update=dict(verdict))}})


OTHERS = ThirdPartyScore(
    place="results/imports/a",
    model="m",
    benchmark="quiz",
    named_model=f"M {ATTACK}",
    named_task="quiz",
    metric="acc",
    score=0.481,
    unit="proportion",
    error=0.02,
    items=1000,
    samples=0,
    scored_by="log",
    by="A laboratory",
    protocol={"num_fewshot": "5"},
    format="eee",
    files=["a.json"],
)
REPLY = {
    "by": "Maker",
    "date": "2026-02-01",
    "url": "https://example.org/reply",
    "says": {"en": "we disagree", "ko": "동의하지 않는다"},
}
AUDIT = Audit(
    rule="2.0",
    code="0",
    seed=1,
    rates=[
        ErrorRate(name="false_reproduction", limit=0.05, trials=100, wrong=1, worst=0.01, beyond=0, at_most=0.05)
    ],
    rows=[
        PlantedRow(
            log="results/reference/quiz",
            plant=Says(en="honest", ko="정직"),
            margin=margin,
            off=off,
            valid=True,
            trials=10,
            reproduced=10 - wrong,
            contradicted=wrong // 2,
            undecided=wrong - wrong // 2,
            not_measured=0,
        )
        for margin in (1.0, 2.5)
        for off, wrong in ((0.0, 2), (1.0, 9), (2.5, 10))
    ],
)
