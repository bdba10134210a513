"""The pages of sources and of benchmarks."""

from typing import Any

from harness.records import Says, Source
from harness.report.site.entries import counts, entry, subject_path
from harness.report.site.page import Card, Page
from harness.report.site.shelf import Shelf
from harness.report.site.words import LANGUAGES, Words, both, words


def sources_page(shelf: Shelf) -> Page:
    """Return the list of sources, the newest first."""
    order = sorted(shelf.sources.values(), key=lambda s: (s.date or "", s.id), reverse=True)
    listed = [
        {
            **source.model_dump(mode="json", include={"id", "kind", "party", "title", "date", "read"}),
            "path": f"sources/{source.id}",
            "counts": counts(shelf.by_source[source.id]),
        }
        for source in order
    ]
    return Page("sources", "sources.html", Says(en="Sources", ko="출처"), {"sources": listed}, section="sources")


def source_page(shelf: Shelf, name: str) -> Page:
    """Return the page of one source: every claim in it, in the order of the ledger."""
    source = shelf.sources[name]
    standings = shelf.by_source[name]
    later = next((s.id for s in shelf.sources.values() if s.supersedes == name), None)
    data: dict[str, Any] = {
        "source": source.model_dump(mode="json"),
        "of": source.of
        and {"id": source.of, "name": shelf.name(source.of), "path": subject_path(shelf, source.of)},
        "superseded_by": _named(shelf, later),
        "supersedes": _named(shelf, source.supersedes),
        "counts": counts(standings),
        "claims": [entry(shelf, s) | {"locator": s.claim.locator} for s in standings],
    }
    title = both(source.title)
    by = Says(**{each: _kind_and_date(source, words(each)) for each in LANGUAGES})
    card = Card(title, by, data["counts"], name)
    return Page(f"sources/{name}", "source.html", title, data, section="sources", card=card)


def _kind_and_date(source: Source, catalogue: Words) -> str:
    return f"{catalogue.of('source_kind', source.kind)}, {catalogue.date(source.date)}"


def _named(shelf: Shelf, name: str | None) -> dict[str, Any] | None:
    """Return how a page names another source; None for one without claims, which has no page."""
    found = shelf.sources.get(name or "")
    return None if found is None else {"id": found.id, "path": f"sources/{found.id}", "title": found.title}


def benchmarks_page(shelf: Shelf) -> Page:
    """Return the list of benchmarks that claims name."""
    listed: list[dict[str, Any]] = []
    for name, standings in shelf.by_benchmark.items():
        record = shelf.material.benchmarks.get(name)
        listed.append(
            {
                "id": name,
                "name": shelf.benchmark_name(name),
                "path": f"benchmarks/{name}",
                "items": record.items if record else None,
                "access": record.access if record else None,
                "runnable": record is not None and record.task is not None,
                "counts": counts(standings),
            }
        )
    listed.sort(key=lambda one: (-one["counts"]["claims"], one["id"]))
    title = Says(en="Benchmarks", ko="벤치마크")
    return Page("benchmarks", "benchmarks.html", title, {"benchmarks": listed}, section="benchmarks")


def benchmark_page(shelf: Shelf, name: str) -> Page:
    """Return the page of one benchmark: its items, what scores it, who claims what."""
    record = shelf.material.benchmarks.get(name)
    standings = shelf.by_benchmark[name]
    kept = {
        "id",
        "names",
        "capability",
        "items",
        "access",
        "task",
        "needs",
        "score",
        "licence",
        "note",
        "redistribution",
    }
    data = {
        "id": name,
        "name": shelf.benchmark_name(name),
        "benchmark": record.model_dump(mode="json", include=kept) if record else None,
        "noise_of_one_run": _noise(record.items) if record else None,
        "counts": counts(standings),
        "claims": [entry(shelf, s) for s in standings],
    }
    title = both(shelf.benchmark_name(name))
    return Page(f"benchmarks/{name}", "benchmark.html", title, data, section="benchmarks")


def _noise(items: int | None) -> float | None:
    """Return how far one run can be off by chance, in points of a hundred: 1.96 · √(¼ / n), at its widest."""
    return None if not items else 100 * 1.96 * (0.25 / items) ** 0.5
