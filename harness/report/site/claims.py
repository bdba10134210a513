"""The pages of claims, and the list that finds them."""

import re
from collections import Counter
from dataclasses import asdict
from typing import Any

import msgspec

from harness.planning.cost import total
from harness.planning.spent import spent
from harness.records import Claim, Finding, Outcome, Says, Specification, Verdict
from harness.report.figure import WIDTH, claim_figure, specification_curve
from harness.report.site.entries import claim_path, compare_path, counts, entry, run_path, subject_path
from harness.report.site.page import Page
from harness.report.site.shelf import Shelf, Standing
from harness.report.site.text import visible
from harness.report.site.words import Words
from harness.verdicts.protocols import differing
from harness.verdicts.reasons import number

MOST_RELATED = 40
"""Claims of one kind that a page lists beside its own."""
OPEN = frozenset({"not_measured", "undecided"})
"""Verdicts that more answers may change."""
LANES = ("measured", "desk")


def claim_page(shelf: Shelf, standing: Standing) -> Page:
    """Return the page of one claim."""
    claim, verdict = standing.claim, standing.verdict
    data = {
        "claim": claim.model_dump(mode="json", exclude={"schema_version"}),
        "model": _subject(shelf, claim.model),
        "comparators": [
            _subject(shelf, name) | {"compare": compare_path(shelf, claim.model, name)}
            for name in claim.comparators
        ],
        "benchmark": _benchmark(shelf, claim.benchmark),
        "measured": None if verdict is None else _measured(shelf, standing),
        "desk": {
            "verdict": standing.desk,
            "findings": [_finding(shelf, standing, f) for f in standing.findings],
            "evidence_for": [_judged(shelf, f) for f in standing.witness[:MOST_RELATED]],
        },
        "same_elsewhere": [entry(shelf, s) for s in shelf.elsewhere(standing)[:MOST_RELATED]],
        "same_row": [entry(shelf, s) for s in shelf.beside(standing)[:MOST_RELATED]],
        "third_party": [asdict(score) for score in shelf.third_party.get(claim.id, [])[:MOST_RELATED]],
        "cost": _cost(shelf, standing),
        "reproduce": shelf.material.reproduce.get(claim.id),
    }

    def extras(words: Words) -> dict[str, Any]:
        figure = None if verdict is None else claim_figure(claim, verdict)
        address = shelf.material.settings.report
        report = None if address is None else address.replace("{claim}", claim.id)
        curve = None if verdict is None else specification_curve(claim, verdict)
        return {"figure": figure, "curve": curve, "width": WIDTH, "report": report}

    return Page(claim_path(claim.id), "claim.html", claim.says, data, extras, section="claims")


def _subject(shelf: Shelf, name: str) -> dict[str, Any]:
    return {"id": name, "name": shelf.name(name), "path": subject_path(shelf, name)}


def _benchmark(shelf: Shelf, name: str | None) -> dict[str, Any] | None:
    return None if name is None else {"id": name, "name": shelf.benchmark_name(name), "path": f"benchmarks/{name}"}


def _measured(shelf: Shelf, standing: Standing) -> dict[str, Any]:
    """Return the verdict with what it is read by: values as people write them, its runs, what they took."""
    verdict = standing.verdict
    assert verdict is not None
    unit = standing.claim.unit
    runs = [shelf.runs[path] for path in verdict.evidence if path in shelf.runs]
    took = spent(runs)
    return {
        **verdict.model_dump(mode="json", exclude={"schema_version", "claim", "lane", "claimed", "unit"}),
        "shown": {
            "measured": None if verdict.measured is None else number(verdict.measured, unit),
            "over_items": _shown(verdict.item_interval95, unit),
        },
        "specifications": [_specification(shelf, verdict, point) for point in verdict.specifications],
        "with_its_family": shelf.material.after_holm.get(verdict.claim),
        "runs": [
            {
                "folder": run.folder,
                "path": run_path(run.folder),
                "model": run.manifest.identity.model,
                "protocol": run.manifest.protocol,
                "answers": len(run.samples),
                "statuses": dict(sorted(Counter(sample.status for sample in run.samples).items())),
            }
            for run in runs
        ],
        "spent": asdict(took) if took.gpu_hours or took.processor_hours else None,
    }


def _specification(shelf: Shelf, verdict: Verdict, point: Specification) -> dict[str, Any]:
    """Return a point of the specification curve with its run, and in what it differs from the verdict's own."""
    run, main = (
        next((shelf.runs[f] for f in each.evidence if f in shelf.runs), None) for each in (point, verdict)
    )
    settings = None
    if run and main and run is not main:
        one, other = (each.manifest.identity.model_dump(mode="json") for each in (main, run))
        settings = differing(one, other)
    return {**point.model_dump(mode="json"), "path": run and run_path(run.folder), "settings": settings}


def _cost(shelf: Shelf, standing: Standing) -> dict[str, Any] | None:
    """Return what the runs would cost that an open claim needs; None for one that is decided, or has none."""
    plan, found = shelf.material.planned, shelf.planned.get(standing.claim.id)
    if plan is None or found is None or standing.measured not in OPEN:
        return None
    runs = [each for _, each in found]
    cost = total(each.cost for each in runs)
    known = all(each.cost.gpu_hours is not None for each in runs)
    return {
        "cluster": plan.cluster,
        "gpu_hours": cost.gpu_hours if known else None,
        "gpu_hours_most": cost.gpu_hours_most if known else None,
        "shared_with": len({name for each in runs for name in each.run.claims}) - 1,
        "runs": [shelf.planned_runs[place] for place, _ in found],
    }


def _shown(interval: tuple[float, float] | None, unit: str) -> list[str] | None:
    return None if interval is None else [number(end, unit) for end in interval]


def _finding(shelf: Shelf, standing: Standing, finding: Finding) -> dict[str, Any]:
    told = finding.model_dump(mode="json", exclude={"statement", "claims", "judged"})
    others = [name for name in finding.claims if name != standing.claim.id and name in shelf.standings]
    return {
        **told,
        "with": [entry(shelf, shelf.standings[name]) for name in others[:8]],
        "with_more": len(others[8:]),
    }


def _judged(shelf: Shelf, finding: Finding) -> dict[str, Any]:
    return {
        "path": claim_path(finding.judged[0]),
        "says": finding.statement.model_dump(),
        "verdict": finding.verdict,
        "check": finding.check,
    }


def list_page(shelf: Shelf) -> Page:
    """Return the list of all claims with its search and filters."""
    sources = [
        {"id": s.id, "path": f"sources/{s.id}", "title": s.title, "claims": len(shelf.by_source[s.id])}
        for s in shelf.sources.values()
    ]
    data = {
        "counts": counts(shelf.standings.values()),
        "sources": sources,
        "claims": [{"id": name, "path": claim_path(name)} for name in shelf.standings],
    }
    title = Says(en="All claims", ko="모든 주장")
    return Page("claims", "claims.html", title, data, section="claims", scripts=("./claims-index.js", "claims.js"))


def search_index(shelf: Shelf, words: Words) -> str:
    """Return the script that holds one line per claim for the list; text in it is data, never markup."""
    models, sources, benchmarks, kinds = _Numbered(), _Numbered(), _Numbered(), _Numbered()
    rows = []
    for standing in shelf.standings.values():
        claim, verdict = standing.claim, standing.verdict
        measured = verdict.measured if verdict else None
        rows.append(
            [
                claim.id,
                visible(words.says(claim.says)),
                models[claim.model],
                benchmarks[claim.benchmark or ""],
                sources[claim.source.id],
                kinds[claim.kind],
                "".join(lane[0] for lane in LANES if lane in claim.lanes),
                standing.measured or "",
                standing.desk or "",
                visible(words.name(claim.value or "")),
                "" if measured is None else number(measured, claim.unit),
                _exact(claim),
            ]
        )
    outcomes: list[Outcome] = [
        "reproduced",
        "contradicted",
        "undecided",
        "protocol_dependent",
        "not_testable",
        "not_measured",
    ]
    data = {
        "models": [[name, visible(words.name(shelf.name(name)))] for name in models],
        "benchmarks": [[name, visible(shelf.benchmark_name(name)) if name else ""] for name in benchmarks],
        "sources": [[name, visible(words.name(shelf.sources[name].title))] for name in sources],
        "kinds": [[name, words.of("kind", name)] for name in kinds],
        "verdicts": {name: words.of("verdict", name) for name in outcomes},
        "words": {"found": words.texts["found"], "shown": words.texts["shown"]},
        "rows": rows,
    }
    text = msgspec.json.encode(data).decode()
    for character in "<\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f"window.CLAIMS = {text};\n"


def _exact(claim: Claim) -> float | None:
    """Return the number to sort by, where it cannot be read from the text as it is printed: 5190억, 1.5T."""
    if claim.printed is None:
        return None
    return None if re.fullmatch(r"-?[\d,]+(\.\d+)?", claim.value or "") else claim.number


class _Numbered(dict[str, int]):
    """Numbers names in the order in which they are first asked for."""

    def __missing__(self, name: str) -> int:
        self[name] = len(self)
        return self[name]
