"""The pages that lay two models side by side, and their list."""

from collections import defaultdict
from dataclasses import asdict
from typing import Any

from harness.records import Benchmark, Claim, Says, Source
from harness.report.site.entries import claim_path, counts, entry, run_path, subject_path
from harness.report.site.page import Page
from harness.report.site.pairs import MOST, Pair, is_score
from harness.report.site.plots import MOST_LINES, Slope, slopes
from harness.report.site.shelf import Shelf, Standing
from harness.report.site.words import Words
from harness.verdicts import Context, RunEvidence, decide
from harness.verdicts.evidence import Evidence
from harness.verdicts.measurement import measure
from harness.verdicts.reasons import number
from harness.verdicts.runs import table_of, terms_for_run

Row = tuple[Claim, Claim]
"""What one row of a table says of the first model and of the second."""


def compare_index(shelf: Shelf) -> Page:
    """Return the list of pairs."""
    listed = [
        {
            **_who(shelf, pair),
            "path": pair.path,
            "rows": len(_rows(shelf, pair)),
            "counts": counts(_naming_both(shelf, pair)),
        }
        for pair in shelf.pairs.values()
    ]
    title = Says(en="Two models side by side", ko="두 모델 비교")
    return Page("compare", "compare.html", title, {"most": MOST, "pairs": listed}, section="models")


def compare_page(shelf: Shelf, pair: Pair) -> Page:
    """Return the page of one pair: claims that name both, their rows in the same tables, both measured."""
    rows = _rows(shelf, pair)
    by_source: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_source[row[0].source.id].append(row)
    tables: list[dict[str, Any]] = [
        {"source": _source(group[0][0].source), "lines": [_line(shelf, row) for row in group]}
        for group in by_source.values()
    ]
    alone = [_only_measured(shelf, pair, claim) for claim in _measured_alone(shelf, pair, rows)]
    if alone:
        tables.append({"source": None, "lines": alone})
    drawn = _drawn(shelf, rows)
    data = {
        **_who(shelf, pair),
        "claims": [entry(shelf, standing) for standing in _naming_both(shelf, pair)],
        "tables": tables,
        "measured": sum(line["measured"] is not None for table in tables for line in table["lines"]),
        "slopes": [asdict(slope) for slope in drawn],
    }
    first, second = shelf.name(pair.first), shelf.name(pair.second)

    def extras(words: Words) -> dict[str, Any]:
        plot = slopes(drawn, words.name(first), words.name(second), words) if drawn else None
        return {"plot": plot, "most": MOST_LINES}

    title = Says(en=f"{first} beside {second}", ko=f"{first} 대 {second}")
    return Page(pair.path, "pair.html", title, data, extras, section="models")


def _who(shelf: Shelf, pair: Pair) -> dict[str, Any]:
    return {
        key: {"id": name, "name": shelf.name(name), "path": subject_path(shelf, name)}
        for key, name in (("first", pair.first), ("second", pair.second))
    }


def _naming_both(shelf: Shelf, pair: Pair) -> list[Standing]:
    """Return the claims about one of the two that name the other, those that still stand first."""
    found = [
        standing
        for one, other in ((pair.first, pair.second), (pair.second, pair.first))
        for standing in shelf.by_model.get(one, ())
        if other in standing.claim.comparators
    ]
    return sorted(found, key=lambda standing: standing.claim.standing != "current")


def _rows(shelf: Shelf, pair: Pair) -> list[Row]:
    """Return the current scores of both in the same rows of the same tables, the newest sources first."""
    found = []
    for standing in shelf.by_model.get(pair.first, ()):
        for other in shelf.beside(standing):
            row = standing.claim, other.claim
            if other.claim.model == pair.second and all(map(is_score, row)) and row[0].unit == row[1].unit:
                found.append(row)
    return sorted(found, key=lambda row: row[0].source.date or "", reverse=True)


def _line(shelf: Shelf, row: Row) -> dict[str, Any]:
    """Return a row of a table with what is measured on its benchmark."""
    ours, theirs = row
    return {
        "benchmark": _benchmark(shelf, ours),
        "unit": ours.unit,
        "metric": ours.metric,
        "mode": ours.mode if ours.mode == theirs.mode else None,
        "claimed": {
            "first": _cell(ours),
            "second": _cell(theirs),
            "lead": _signed(_lead(shelf, row), _decimals(row)),
        },
        "measured": _measured(shelf, ours, theirs.model),
    }


def _source(source: Source) -> dict[str, Any]:
    return {"path": f"sources/{source.id}", "title": source.title, "date": source.date}


def _cell(claim: Claim) -> dict[str, Any]:
    return {"path": claim_path(claim.id), "value": claim.value, "mode": claim.mode}


def _benchmark(shelf: Shelf, claim: Claim) -> dict[str, Any]:
    name = claim.benchmark or ""
    return {
        "id": name,
        "name": shelf.benchmark_name(name),
        "path": f"benchmarks/{name}",
        "less_is_better": not _more_is_better(shelf, claim),
    }


def _more_is_better(shelf: Shelf, claim: Claim) -> bool:
    record = shelf.material.benchmarks.get(claim.benchmark or "")
    return record is None or record.score.higher_is_better


def _lead(shelf: Shelf, row: Row) -> float:
    """Return how far the first model is ahead, as claimed; where less is better, ahead is below."""
    ahead = row[0].number - row[1].number
    return ahead if _more_is_better(shelf, row[0]) else -ahead


def _decimals(row: Row) -> int:
    return max(claim.printed.decimals for claim in row if claim.printed)


def _signed(value: float, digits: int) -> str:
    return f"{value:+.{digits}f}" if round(value, digits) else f"{0:.{digits}f}"


def _measured_alone(shelf: Shelf, pair: Pair, rows: list[Row]) -> list[Claim]:
    """Return a score of the first model on each benchmark that both were run on and that no row is about."""
    told = {ours.benchmark for ours, _ in rows}
    found: dict[str, Claim] = {}
    for standing in shelf.by_model.get(pair.first, ()):
        claim = standing.claim
        runs = shelf.runs_on.get(claim.benchmark or "", {})
        if is_score(claim) and claim.benchmark not in told and pair.first in runs and pair.second in runs:
            found.setdefault(claim.benchmark or "", claim)
    return list(found.values())


def _only_measured(shelf: Shelf, pair: Pair, claim: Claim) -> dict[str, Any]:
    return {
        "benchmark": _benchmark(shelf, claim),
        "unit": claim.unit,
        "metric": claim.metric,
        "mode": claim.mode,
        "claimed": None,
        "measured": _measured(shelf, claim, pair.second),
    }


def _measured(shelf: Shelf, claim: Claim, other: str) -> dict[str, Any] | None:
    """Return what runs of both show, paired, as for a claim that one is ahead; None where one was never run.

    Where the runs cannot be laid side by side (not the same protocol, a gate not passed) it says why.
    """
    benchmark = shelf.material.benchmarks.get(claim.benchmark or "")
    runs = shelf.runs_on.get(claim.benchmark or "", {})
    if benchmark is None or claim.model not in runs or other not in runs:
        return None
    ahead = {"kind": "exceeds", "value": None, "hedge": "exact", "comparators": [other], "lanes": ["measured"]}
    lead = claim.model_copy(update=ahead)
    verdict = decide(lead, runs, None, Context(benchmark))
    if verdict.measured is None:
        return {"why": [reason.model_dump() for reason in verdict.reasons]}
    first, second = (shelf.runs[folder] for folder in verdict.evidence)
    low, high = verdict.interval95 or (None, None)
    digits = len(number(0, claim.unit).partition(".")[2])
    return {
        "why": None,
        "first": _score(lead, benchmark, first),
        "second": _score(lead, benchmark, second),
        "lead": _signed(verdict.measured, digits),
        "interval95": None if low is None or high is None else [_signed(low, digits), _signed(high, digits)],
        "items": verdict.n,
        "repeats": verdict.repeats,
        "protocol": verdict.protocol,
    }


def _score(lead: Claim, benchmark: Benchmark, run: RunEvidence) -> dict[str, Any]:
    """Return one side's score over the items of the lead; any claimed value would do, it does not enter."""
    terms = terms_for_run(lead, benchmark, run)
    terms = terms.model_copy(update={"kind": "score", "value": f"{terms.low:g}"})
    found = measure(terms, Evidence([table_of(lead, benchmark, run)]))
    return {"path": run_path(run.folder), "value": number(found.value, lead.unit)}


def _drawn(shelf: Shelf, rows: list[Row]) -> list[Slope]:
    """Return the newest row of each benchmark as lines of a plot, where they can share an axis."""
    found: dict[str, Slope] = {}
    for row in rows:
        ours, theirs = row
        name = ours.benchmark or ""
        if ours.unit == "percent" and _more_is_better(shelf, ours) and name not in found:
            found[name] = Slope(shelf.benchmark_name(name), ours.number, theirs.number, _decimals(row))
    return list(found.values())
