"""Pages as text: a pure function of ledger, verdicts and samples."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from harness.planning.spent import Spent, spent
from harness.records import Benchmark, Claim, Finding, Outcome, Verdict
from harness.report.figure import WIDTH, Figure, claim_figure
from harness.report.marks import MARKS, Mark
from harness.report.plan import hours
from harness.verdicts import RunEvidence
from harness.verdicts.reasons import number


@dataclass(frozen=True)
class Row:
    """One claim with everything a page shows of it."""

    claim: Claim
    verdict: Verdict
    mark: Mark
    figure: Figure | None
    page: str
    measured: str
    interval: str
    samples: list[tuple[str, str]]
    """(label, page) of each run it rests on."""
    findings: Sequence[Finding]
    """What the desk check found about it."""
    witness: Sequence[Finding]
    """Findings on other claims that it is evidence for."""
    spent: Spent
    """By the runs that it rests on."""


def pages(
    claims: Sequence[Claim],
    verdicts: Mapping[str, Verdict],
    runs: Sequence[RunEvidence],
    benchmarks: Mapping[str, Benchmark],
    names: Mapping[str, str],
    findings: Sequence[Finding] = (),
) -> dict[str, str]:
    """Return every file of the site by its relative path; model output is escaped everywhere.

    Where a benchmark may not be redistributed, its samples show scores and hashes, no text.
    """
    on_paper: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        for name in finding.claims:
            on_paper[name].append(finding)
    by_folder = {run.folder: run for run in runs}
    rows = [_row(claim, verdicts[claim.id], on_paper.get(claim.id, []), by_folder) for claim in claims]
    found = {"index.html": _index(rows, names)}
    for row in rows:
        found[row.page] = _render("claim.html", row=row, up="../", width=WIDTH)
    for run in runs:
        found[_run_page(run.folder)] = _samples(run, benchmarks[run.manifest.benchmark])
    return found


def _index(rows: Sequence[Row], names: Mapping[str, str]) -> str:
    by_model: dict[str, list[Row]] = {}
    for row in rows:
        by_model.setdefault(row.claim.model, []).append(row)
    for group in by_model.values():
        group.sort(key=lambda row: (list(MARKS).index(row.verdict.verdict), row.claim.id))
    groups = sorted(by_model.items(), key=lambda item: (-_decided(item[1]), -len(item[1]), item[0]))
    counts = {model: Counter(row.verdict.verdict for row in group) for model, group in groups}
    return _render("index.html", groups=groups, counts=counts, names=names, up="")


def _decided(rows: Sequence[Row]) -> int:
    return sum(row.verdict.verdict in ("reproduced", "contradicted", "undecided") for row in rows)


def _samples(run: RunEvidence, benchmark: Benchmark) -> str:
    samples = sorted(run.samples, key=lambda sample: sample.key)
    return _render(
        "samples.html",
        run=run,
        benchmark=benchmark,
        samples=samples,
        show_text=benchmark.redistribution == "free",
        statuses=Counter(sample.status for sample in samples),
        up="../../../",
    )


def claim_page(claim: str) -> str:
    """Return the page of a claim, relative to the site."""
    return f"claims/{claim.replace('/', '--')}.html"


def _row(claim: Claim, verdict: Verdict, findings: Sequence[Finding], runs: Mapping[str, RunEvidence]) -> Row:
    interval = ""
    if verdict.item_interval95 is not None:
        low, high = (number(end, claim.unit) for end in verdict.item_interval95)
        interval = f"{low} – {high}"
    return Row(
        claim=claim,
        verdict=verdict,
        mark=MARKS[verdict.verdict],
        figure=claim_figure(claim, verdict),
        page=claim_page(claim.id),
        measured="" if verdict.measured is None else number(verdict.measured, claim.unit),
        interval=interval,
        samples=[(path, _run_page(path)) for path in verdict.evidence if path.startswith("results/runs/")],
        findings=[f for f in findings if claim.id in f.judged],
        witness=[f for f in findings if claim.id not in f.judged],
        spent=spent([runs[path] for path in verdict.evidence if path in runs]),
    )


def _run_page(folder: str) -> str:
    model, task, key = folder.split("/")[-3:]
    return f"samples/{model}/{task}/{key}.html"


def _render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("harness.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    order: list[Outcome] = list(MARKS)
    environment.globals.update(marks=MARKS, order=order, claim_page=claim_page, hours=hours)
    return environment
