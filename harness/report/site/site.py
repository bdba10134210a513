"""The whole site: records in, pages out."""

from collections.abc import Iterator
from typing import Any

from harness.report.site.campaigns import campaign_page, campaigns_page
from harness.report.site.claims import claim_page, list_page, search_index
from harness.report.site.compare import compare_index, compare_page
from harness.report.site.methods import data_page, methods_page
from harness.report.site.models import model_page, models_page
from harness.report.site.overview import overview
from harness.report.site.page import Page
from harness.report.site.runs import run_pages
from harness.report.site.shelf import Material, Shelf
from harness.report.site.sources import benchmark_page, benchmarks_page, source_page, sources_page
from harness.report.site.words import LANGUAGES, words


def pages(material: Material, exports: list[dict[str, Any]] | None = None) -> Iterator[Page]:
    """Yield every page; the same material gives the same pages.

    `exports` are files beside the pages that the data page links to, as `listed` describes them.
    """
    shelf = Shelf(material)
    yield overview(shelf)
    yield list_page(shelf)
    yield models_page(shelf)
    yield sources_page(shelf)
    yield benchmarks_page(shelf)
    yield methods_page(shelf)
    yield data_page(shelf, exports or [])
    yield compare_index(shelf)
    for pair in shelf.pairs.values():
        yield compare_page(shelf, pair)
    for name in sorted({*shelf.by_model, *material.models}):
        yield model_page(shelf, name)
    for name in sorted(shelf.sources):
        yield source_page(shelf, name)
    for name in sorted(shelf.by_benchmark):
        yield benchmark_page(shelf, name)
    yield campaigns_page(shelf)
    for records in material.campaigns:
        yield campaign_page(shelf, records)
    for run in material.runs:
        yield from run_pages(shelf, run)
    for standing in shelf.standings.values():
        yield claim_page(shelf, standing)


def scripts(material: Material) -> Iterator[tuple[str, str]]:
    """Yield the scripts that hold data, by their paths: the search index of each language."""
    shelf = Shelf(material)
    for language in LANGUAGES:
        yield f"{language}/claims-index.js", search_index(shelf, words(language))
