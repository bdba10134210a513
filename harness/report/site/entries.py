"""What lists and tables say of one claim, and the addresses of pages."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from harness.report.site.shelf import Shelf, Standing
from harness.verdicts.reasons import number


def claim_path(claim: str) -> str:
    """Return the address of a claim's page below a language."""
    return f"claims/{claim}"


def run_path(folder: str) -> str:
    """Return the address of a run's page; `folder` is as evidence names it."""
    return "/".join(["runs", *folder.split("/")[-3:]])


def subject_path(shelf: Shelf, subject: str) -> str | None:
    """Return the address of a model's or another subject's page; None where nothing is claimed about it."""
    known = subject in shelf.by_model or subject in shelf.material.models
    return f"models/{subject}" if known else None


def compare_path(shelf: Shelf, one: str, other: str) -> str | None:
    """Return the address of the page that lays two models side by side; None where there is none."""
    pair = shelf.pairs.get(frozenset((one, other)))
    return None if pair is None else pair.path


def entry(shelf: Shelf, standing: Standing) -> dict[str, Any]:
    """Return one claim in short."""
    claim, verdict = standing.claim, standing.verdict
    measured = verdict.measured if verdict else None
    return {
        "id": claim.id,
        "path": claim_path(claim.id),
        "says": claim.says.model_dump(),
        "value": claim.value,
        "number": claim.number if claim.printed else None,
        "unit": claim.unit,
        "kind": claim.kind,
        "lanes": claim.lanes,
        "model": claim.model,
        "model_name": shelf.name(claim.model),
        "benchmark": claim.benchmark,
        "benchmark_name": shelf.benchmark_name(claim.benchmark) if claim.benchmark else None,
        "mode": claim.mode,
        "source": claim.source.id,
        "source_title": claim.source.title,
        "date": claim.source.date,
        "standing": claim.standing,
        "measured": standing.measured,
        "measured_value": None if measured is None else number(measured, claim.unit),
        "desk": standing.desk,
    }


def counts(standings: Iterable[Standing]) -> dict[str, Any]:
    """Return how many claims there are and how they stand, lane by lane: the lanes never share a count."""
    every = list(standings)
    return {
        "claims": len(every),
        "measured": dict(Counter(s.measured for s in every if s.measured)),
        "desk": dict(Counter(s.desk for s in every if s.desk)),
        "not_compared": sum(s.desk is None and "desk" in s.claim.lanes for s in every),
        "untestable": sum(not s.claim.lanes for s in every),
    }
