"""The first page: who claimed what, and how it stands."""

from collections import Counter
from typing import Any

from harness.records import SEVERITIES, Finding, Says
from harness.report.site.entries import claim_path, counts, entry, subject_path
from harness.report.site.page import Page
from harness.report.site.shelf import Shelf, Standing

NEW = 6
"""How many of each kind of news are shown."""
LACKING = 8
_RANK = {"contradicted": 0, "undecided": 1, "reproduced": 2}


def overview(shelf: Shelf) -> Page:
    """Return the first page."""
    teams = [_team(shelf, team, members) for team, members in shelf.teams.items()]
    of_teams = {member for members in shelf.teams.values() for member in members}
    others = [s for s in shelf.standings.values() if s.claim.model not in of_teams]
    everything = list(shelf.standings.values())
    data = {
        "claims": len(everything),
        "sources": len(shelf.sources),
        "teams": teams,
        "others": counts(others),
        "not_measured": _not_measured(everything),
        "new": _new(shelf),
    }
    return Page(
        "index", "overview.html", Says(en="Claims and measurements", ko="주장과 측정"), data, section="overview"
    )


def _team(shelf: Shelf, team: str, members: list[str]) -> dict[str, Any]:
    found = [s for member in members for s in shelf.by_model.get(member, ())]
    models = [m for m in members if m in shelf.material.models]
    return {
        "id": team,
        "name": shelf.name(team),
        "path": subject_path(shelf, team),
        "models": [{"id": m, "name": shelf.name(m), "path": f"models/{m}"} for m in models],
        "members": members,
        "counts": counts(found),
        "finding": _foremost(found, members),
    }


def _foremost(standings: list[Standing], members: list[str]) -> dict[str, Any] | None:
    """Return the most important finding: the gravest; a contradiction first, then what stays open.

    What stands in another maker's document comes last, and what a later revision replaced.
    """

    def rank(pair: tuple[Standing, Finding]) -> tuple[int, bool, int, bool, str]:
        standing, finding = pair
        source = standing.claim.source
        return (
            -SEVERITIES.index(finding.severity),
            source.of is not None and source.of not in members,
            _RANK.get(finding.verdict, 3),
            standing.claim.standing != "current",
            standing.claim.id,
        )

    pairs = [(s, f) for s in standings for f in s.findings]
    if not pairs:
        return None
    standing, finding = min(pairs, key=rank)
    return {
        "claim": standing.claim.id,
        "path": claim_path(standing.claim.id),
        "claimed": standing.claim.says.model_dump(),
        "source_title": standing.claim.source.title,
        "date": standing.claim.source.date,
        "check": finding.check,
        "verdict": finding.verdict,
        "severity": finding.severity,
        "says": finding.says.model_dump(),
    }


def _not_measured(standings: list[Standing]) -> dict[str, Any]:
    """Return how many claims only lack a run, and what the others lack first."""
    following = [s.verdict.next for s in standings if s.verdict and s.measured == "not_measured"]
    missing = [step for step in following if not step.en.startswith("harness run")]
    lacking = Counter(step.en for step in missing)
    says = {step.en: step.model_dump() for step in missing}
    order = sorted(lacking.items(), key=lambda item: (-item[1], item[0]))
    return {
        "claims": len(following),
        "lack_only_a_run": len(following) - len(missing),
        "lack": [{"what": says[what], "claims": n} for what, n in order[:LACKING]],
        "lack_other": sum(n for _, n in order[LACKING:]),
    }


def _new(shelf: Shelf) -> dict[str, Any]:
    """Return the newest measurements, changed verdicts and newest documents, by dates of samples and sources."""
    decided = [s for s in shelf.standings.values() if s.verdict and s.verdict.newest]
    decided.sort(key=lambda s: (_newest(s), s.claim.id), reverse=True)
    changed = [s for s in decided if s.verdict and s.verdict.history]
    sources = sorted(shelf.sources.values(), key=lambda source: (source.date or "", source.id), reverse=True)
    return {
        "measured": [entry(shelf, s) | {"newest": _newest(s)} for s in decided[:NEW]],
        "changed": [entry(shelf, s) | {"newest": _newest(s), "was": _before(s)} for s in changed[:NEW]],
        "sources": [
            {
                "id": s.id,
                "path": f"sources/{s.id}",
                "title": s.title,
                "date": s.date,
                "claims": len(shelf.by_source[s.id]),
            }
            for s in sources[:NEW]
        ],
    }


def _newest(standing: Standing) -> str:
    return (standing.verdict.newest if standing.verdict else None) or ""


def _before(standing: Standing) -> Any:
    return standing.verdict.history[-1]["verdict"] if standing.verdict else None
