"""The Korean pages of the real ledger are in Korean."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from harness.claims.check import run_checks
from harness.config.settings import load_benchmarks, project
from harness.report.site import Renderer, pages
from harness.report.site.words import words
from harness.store import Store
from harness.workflow.check import desk_of
from harness.workflow.site import material
from harness.workflow.verdicts import decide_all, load_ledger
from tests.report.site.material import material as everything
from tests.report.site.material import site

SENTENCE = re.compile(r"(?:[A-Za-z][A-Za-z'’-]*[,;:]? ){3,}[A-Za-z][A-Za-z'’-]*")
"""Four words of Latin letters in a row."""
READ_ALOUD = ("title", "aria-label", "alt", "placeholder", "data-means", "content")
VOID = {"meta", "link", "br", "img", "input", "hr", "wbr", "col"}


class Texts(HTMLParser):
    """What a page says without saying that it is English, or code."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._marked: list[bool] = []
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        marked = told.get("lang") == "en" or tag in {"code", "pre", "script"}
        marked = marked or (bool(self._marked) and self._marked[-1])
        if not marked and "http-equiv" not in told and told.get("name") != "viewport":
            self.found += [told[name] or "" for name in READ_ALOUD if name in told]
        if tag not in VOID:
            self._marked.append(marked)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._marked.pop()

    def handle_data(self, data: str) -> None:
        if not self._marked or not self._marked[-1]:
            self.found.append(data)


@pytest.fixture(scope="module")
def korean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    store, ledger = Store(tmp_path_factory.mktemp("korean")), load_ledger()
    found = material(store, ledger, decide_all(store, ledger), run_checks(desk_of(ledger)).findings)
    draw = Renderer(found.settings)
    return ((page.path, draw.html(page, "ko")) for page in pages(found))


def names() -> re.Pattern[str]:
    """Proper names, which are the same in every language."""
    ledger = load_ledger()
    known = {name for benchmark in ledger.benchmarks.values() for name in benchmark.names}
    known |= {model.name for model in ledger.models.values()} | {s.name for s in ledger.subjects.values()}
    known |= {model.licence.id for model in ledger.models.values()}
    return re.compile("|".join(re.escape(name) for name in sorted(known, key=len, reverse=True)))


def test_no_english_sentence_stands_unmarked_on_a_korean_page(korean):
    proper = names()
    left = {
        (path, text.strip())
        for path, page in korean
        for text in Texts(page).found
        if SENTENCE.search(text) and SENTENCE.search(proper.sub("◦", text))
    }
    assert left == set()


def test_what_runs_add_to_a_korean_page_is_korean_too():
    small = everything(text="")
    titles = re.compile("|".join(re.escape(claim.source.title) for claim in small.claims))
    found = {
        (name, text)
        for name, page in site(small).items()
        if name.startswith("ko/") and name.endswith(".html")
        for text in Texts(page).found
        if SENTENCE.search(titles.sub("◦", text)) and "onerror" not in text
    }
    assert found == set()


def test_names_that_the_ledger_knows_in_korean_are_the_same_in_lists():
    ledger = load_ledger()
    for one in (*ledger.subjects.values(), *load_benchmarks(project().configs).values()):
        assert words("ko").name(one.called.en) == one.called.ko, one.id


def test_every_note_on_a_benchmark_has_its_korean():
    notes = {benchmark.note for benchmark in load_benchmarks(project().configs).values()} - {None}
    assert [note for note in notes if "lang=" in str(words("ko").phrase(note or ""))] == []
