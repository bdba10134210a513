"""The pages of models and of what else claims are about."""

from typing import Any

from harness.facts.summary import facts_of
from harness.records import Says
from harness.report.site.entries import counts, entry, subject_path
from harness.report.site.page import Card, Page
from harness.report.site.plots import Point, claimed_against_measured, forest
from harness.report.site.shelf import Shelf, Standing
from harness.report.site.words import Words, both

SCORES = frozenset({"score", "average", "at_least"})
"""Kinds of claims whose differences can share an axis, where they are in percent."""


def models_page(shelf: Shelf) -> Page:
    """Return the list of models and other subjects."""
    names = [*shelf.material.models, *(name for name in shelf.by_model if name not in shelf.material.models)]
    listed: list[dict[str, Any]] = []
    for name in names:
        model = shelf.material.models.get(name)
        row = shelf.rows.get(name)
        listed.append(
            {
                "id": name,
                "name": shelf.name(name),
                "path": f"models/{name}",
                "developer": model.developer if model else None,
                "parameters_total": row.parameters_total if row else None,
                "parameters_active": row.parameters_active if row else None,
                "licence": model.licence.id if model else None,
                "counts": counts(shelf.by_model.get(name, ())),
            }
        )
    listed.sort(key=lambda one: (-one["counts"]["claims"], one["id"]))
    points = _points(shelf, shelf.standings.values())
    data = {"models": listed, "scores": [vars(point) for point in points]}

    def extras(words: Words) -> dict[str, Any]:
        return {"plot": claimed_against_measured(points, words) if points else None}

    return Page("models", "models.html", Says(en="Models", ko="모델"), data, extras, section="models")


def model_page(shelf: Shelf, name: str) -> Page:
    """Return the page of one model, or of another subject that claims are about."""
    model = shelf.material.models.get(name)
    standings = shelf.by_model.get(name, [])
    points = _points(shelf, standings)
    data: dict[str, Any] = {
        "id": name,
        "name": shelf.name(name),
        "model": None,
        "counts": counts(standings),
        "scores": [vars(point) for point in points],
        "claims": [entry(shelf, s) for s in standings],
        "compared_with": [],
    }
    if model is not None:
        row = shelf.rows[name]
        data["model"] = {
            "developer": model.developer,
            "released": model.released,
            "licence": model.licence.model_dump(mode="json"),
            "of": model.of
            and {"id": model.of, "name": shelf.name(model.of), "path": subject_path(shelf, model.of)},
            "row": row.model_dump(mode="json"),
            "facts": facts_of(model).model_dump(mode="json") if model.architecture else None,
            "hosted": model.hosted is not None,
        }
        data["compared_with"] = [
            {"id": m, "name": shelf.name(m), "path": subject_path(shelf, m)} for m in model.compared_with
        ]
    data["side_by_side"] = [
        {"id": other, "name": shelf.name(other), "path": pair.path}
        for pair in shelf.pairs.values()
        if name in (pair.first, pair.second)
        for other in {pair.first, pair.second} - {name}
    ]

    def extras(words: Words) -> dict[str, Any]:
        return {"plot": forest(points, words) if points else None}

    title = both(shelf.name(name))
    card = Card(title, both(model.developer if model else ""), data["counts"], name)
    return Page(f"models/{name}", "model.html", title, data, extras, section="models", card=card)


def _points(shelf: Shelf, standings: Any) -> list[Point]:
    return [point for standing in standings if (point := _point(shelf, standing)) is not None]


def _point(shelf: Shelf, standing: Standing) -> Point | None:
    """Return a measured score in percent as a point of a plot; None for anything else."""
    claim, verdict = standing.claim, standing.verdict
    if verdict is None or claim.kind not in SCORES or claim.unit != "percent" or verdict.interval95 is None:
        return None
    if verdict.measured is None or verdict.difference is None or verdict.delta is None:
        return None
    low, high = verdict.interval95
    label = " · ".join(filter(None, (shelf.benchmark_name(claim.benchmark or ""), claim.source.date)))
    return Point(
        claim.id,
        label,
        shelf.name(claim.model),
        claim.number,
        verdict.measured,
        verdict.difference,
        low,
        high,
        verdict.delta,
        verdict.verdict,
    )
