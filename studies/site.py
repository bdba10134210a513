"""Time, memory and size of the site: built from nothing, and again after one verdict changed.

    python studies/site.py              5,000 claims about 50 models
    python studies/site.py 20000        another number

The claims are synthetic: tables of ten models and ten benchmarks, one claim in two measured, one in five with a
finding. Each measurement is a process of its own on one processor. Needs chromium for the last two lines.
"""

import gzip
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness.claims.checks import CHECKS
from harness.config.settings import load_benchmarks, load_models, load_site, load_subjects, project
from harness.planning.plan import CostedRun, Plan
from harness.records import Benchmark, Claim, Cost, Finding, PlannedRun, Says, Verdict
from harness.report.site import Material
from harness.workflow.site import write_site

TABLE = 10
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
TYPE = """(word) => {
  const field = document.getElementById("q");
  const times = [];
  for (let i = 1; i <= word.length; i += 1) {
    field.value = word.slice(0, i);
    const start = performance.now();
    field.dispatchEvent(new Event("input"));
    document.getElementById("rows").getBoundingClientRect();
    times.push(performance.now() - start);
  }
  return Math.max(...times);
}"""


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(Path(sys.argv[2]), int(sys.argv[3]), changed=sys.argv[4] == "changed")))
        return
    claims = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as folder:
        for name in ("from nothing", "changed"):
            command = [sys.executable, __file__, "--measure", folder, str(claims), name]
            found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            print(name, *(f"{key} {value}" for key, value in found.items()), sep=" · ")
        print("first page, compressed kB:", round(wire(Path(folder)) / 1000))
        browse(Path(folder))


def measure(folder: Path, claims: int, *, changed: bool) -> dict[str, float]:
    """Build the site on one processor; return seconds, MiB and counts."""
    os.sched_setaffinity(0, {next(iter(os.sched_getaffinity(0)))})
    found = synthetic(claims)
    if changed:
        first = next(iter(found.verdicts.values()))
        verdicts = {**found.verdicts, first.claim: first.model_copy(update={"verdict": "contradicted"})}
        found = Material(**{**vars(found), "verdicts": verdicts})
    start, busy = time.perf_counter(), time.process_time()
    built = write_site(found, folder)
    return {
        "claims": claims,
        "pages": built.pages,
        "written": built.written,
        "s": round(time.perf_counter() - start, 1),
        "s of the processor": round(time.process_time() - busy, 1),
        "peak MiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "site MB": round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6),
    }


def synthetic(number: int) -> Material:
    """Return a ledger of `number` claims about 50 models, seeded."""
    rng = random.Random(0)
    configs = project().configs
    benchmarks = load_benchmarks(configs)
    runnable = [b for b in benchmarks.values() if b.score.range == (0.0, 1.0)]
    models = dict(list(load_models(configs).items()))
    named = [*models, *(f"model_{i}" for i in range(50 - len(models)))]
    claims: list[Claim] = []
    verdicts: dict[str, Verdict] = {}
    while len(claims) < number:
        source = len(claims) // (TABLE * TABLE)
        columns = rng.sample(named, TABLE)
        for benchmark in rng.sample(runnable, TABLE):
            for model in columns:
                claims.append(_claim(f"source-{source}", benchmark, model, rng.uniform(20, 90)))
                verdicts[claims[-1].id] = _verdict(claims[-1], rng)
    kept = claims[:number]
    return Material(
        planned=_planned(kept),
        claims=kept,
        verdicts={claim.id: verdicts[claim.id] for claim in kept},
        settings=load_site(configs),
        models=models,
        benchmarks=benchmarks,
        subjects=load_subjects(configs),
        findings=[_finding(claim) for claim in kept if rng.random() < 0.2],
        checks=CHECKS,
    )


def _claim(source: str, benchmark: Benchmark, model: str, score: float) -> Claim:
    value, name = f"{score:.1f}", benchmark.names[0]
    return Claim.model_validate(
        {
            "id": f"{source}/results/{benchmark.id}/{model}",
            "source": {
                "id": source,
                "kind": "tech_report",
                "party": "first",
                "title": f"Report {source}",
                "date": "2026-01-15",
            },
            "locator": {"table": "results", "row": name},
            "kind": "score",
            "model": model,
            "value": value,
            "unit": "percent",
            "says": {"en": f"{model} scores {value} on {name}", "ko": f"{model}의 {name} 점수는 {value}이다"},
            "benchmark": benchmark.id,
            "form": "table",
            "protocol": {"known": {"temperature": 1.0}, "unstated": ["repeats", "prompt", "judge"]},
            "lanes": ["desk", "measured"],
        }
    )


def _verdict(claim: Claim, rng: random.Random) -> Verdict:
    plain = {
        "claim": claim.id,
        "lane": "measured",
        "claimed": claim.value,
        "unit": claim.unit,
        "next": {"en": "harness run", "ko": "harness run"},
        "rule": "2.0",
        "code": "0",
    }
    if rng.random() < 0.5:
        no_run = Says(en="Not measured yet: no run.", ko="아직 측정하지 않음.")
        return Verdict(verdict="not_measured", reasons=[no_run], **plain)
    off, wide = rng.gauss(0, 2), rng.uniform(0.5, 3)
    outcome = rng.choice(["reproduced", "contradicted", "undecided"])
    return Verdict(
        verdict=outcome,
        reasons=[Says(en="Claimed and measured differ by so much.", ko="주장값과 측정값의 차이는 이만큼이다.")],
        measured=claim.number + off,
        n=1000,
        repeats=4,
        difference=off,
        interval90=(off - 0.8 * wide, off + 0.8 * wide),
        interval95=(off - wide, off + wide),
        delta=1.0,
        at={"2": "undecided", "3": "reproduced"},
        tipping_delta=abs(off) + wide,
        mde80=2 * wide,
        newest="2026-11-01T00:00:00+00:00",
        **plain,
    )


def _planned(claims: list[Claim]) -> Plan:
    """Return a run for every two claims."""
    runs = []
    for two in zip(claims[::2], claims[1::2], strict=False):
        first = two[0]
        assert first.benchmark is not None
        run = PlannedRun(
            model=first.model,
            suite="house",
            benchmark=first.benchmark,
            protocol="house",
            items=None,
            repeats=4,
            claims=[claim.id for claim in two],
        )
        basis = Says(en="8,209 tokens an answer: none measured", ko="답변당 8,209토큰: 측정값 없음")
        runs.append(CostedRun(run, Cost(gpus=8, nodes=1, gpu_hours=3.0, gpu_hours_most=90.0, basis=[basis])))
    return Plan("h200x8", runs, [], [], Cost())


def _finding(claim: Claim) -> Finding:
    says = Says(en="Another document prints another value.", ko="다른 문서에는 다른 값이 적혀 있다.")
    return Finding(
        id=claim.id,
        check="source_against_source",
        claims=[claim.id],
        judged=[claim.id],
        statement=claim.says,
        claimed=Says.same(claim.value or ""),
        recomputed=Says.same("70.0"),
        verdict="undecided",
        severity="minor",
        evidence=["a.yaml:1"],
        arithmetic="67.3 - 70.0 = -2.7",
        says=says,
    )


def wire(folder: Path) -> int:
    """Return the bytes that the first page takes over the wire, with all it needs."""
    names = ["en/index.html", "assets/style.css", "assets/theme.js"]
    return sum(len(gzip.compress((folder / name).read_bytes())) for name in names)


def browse(folder: Path) -> None:
    """Print how long the first page takes to be usable, and the slowest key stroke of a search."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - of the tests' set-up

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = browser.new_page()
        page.goto((folder / "en/index.html").as_uri())
        timing = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
        print(f"first page usable after {timing:.0f} ms")
        page.goto((folder / "en/claims.html").as_uri())
        page.wait_for_selector("#rows tr")
        print(f"slowest key stroke of a search: {page.evaluate(TYPE, 'exaone kmmlu 67'):.1f} ms")
        browser.close()


if __name__ == "__main__":
    main()
