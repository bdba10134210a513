"""Every kind of page in a real browser: silent, self-contained, accessible, in both languages and themes."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.report.browser.conftest import Visit

# Without a preload axe asks for nothing itself.
RULES = {"preload": False, "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
TYPES = {
    "overview": "index",
    "claims": "claims",
    "claim": "claims/card/table/quiz/m",
    "claim-by-protocol": "claims/report/results/puzzle/m",
    "claim-on-paper": "claims/article/s",
    "models": "models",
    "model": "models/m",
    "comparisons": "compare",
    "comparison": "compare/m--vs--n",
    "sources": "sources",
    "source": "sources/card",
    "benchmarks": "benchmarks",
    "benchmark": "benchmarks/quiz",
    "methods": "methods",
    "data": "data",
    "campaigns": "campaigns",
    "campaign": "campaigns/trial",
    "run": "runs/m/quiz/*",
    "answers": "runs/m/quiz/*/answers-1",
    "answers-withheld": "runs/m/exam/*/answers-1",
}


def path_of(root: Path, language: str, pattern: str) -> str:
    (found,) = (root / language).glob(f"{pattern}.html")
    return found.relative_to(root).as_posix()


def problems(visit: Visit) -> list[str]:
    found = Axe().run(visit.page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_kind_of_page_is_silent_alone_and_accessible(browser, small_site, screenshots, language, scheme):
    visit = Visit(browser, small_site, scheme=scheme)
    for name, pattern in TYPES.items():
        visit.open(path_of(small_site, language, pattern))
        assert problems(visit) == [], name
        assert visit.said == [], name
        assert visit.outside == [], name
        assert visit.page.evaluate("window.attacked") is None, name
        visit.page.screenshot(path=screenshots / f"{name}-{language}-{scheme}.png", full_page=True)
    visit.page.context.close()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_kind_of_page_fits_a_phone(browser, small_site, screenshots, language):
    visit = Visit(browser, small_site, width=390)
    for name, pattern in TYPES.items():
        page = visit.open(path_of(small_site, language, pattern))
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"{name}: {wide} pixels wide"
        if language == "ko":  # axe takes its time, and on a phone the languages differ in width alone
            assert problems(visit) == [], name
        page.screenshot(path=screenshots / f"{name}-{language}-phone.png", full_page=True)
    visit.page.context.close()


def test_the_pages_of_the_real_ledger_are_silent_alone_and_accessible(browser, real_site, screenshots):
    visit = Visit(browser, real_site)
    paths = [
        "index",
        "claims",
        "models",
        "sources",
        "methods",
        "models/k_exaone_236b",
        "claims/solar-open-report/so-t1",
        "compare/k_exaone_236b--vs--qwen3_235b_a22b_thinking_2507",
    ]
    for path in paths:
        for language in ("en", "ko"):
            visit.open(f"{language}/{path}.html")
            assert problems(visit) == [], path
            visit.page.screenshot(path=screenshots / f"real-{path.replace('/', '-')}-{language}.png")
    assert visit.said == []
    assert visit.outside == []
    visit.page.context.close()


def test_the_ten_second_test_holds_on_a_laptop(browser, real_site):
    visit = Visit(browser, real_site)
    page = visit.open("ko/index.html")
    for team in ("네이버클라우드", "업스테이지", "SK텔레콤", "NC AI", "LG AI연구원"):
        box = page.get_by_role("heading", name=re.compile(team)).bounding_box()
        assert box is not None
        assert box["y"] < 800, team
    visit.page.context.close()


def test_hangul_has_glyphs(visit):
    page = visit.open("ko/index.html")
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    heading = session.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": heading})["fonts"]
    assert "DejaVu" not in max(fonts, key=lambda font: font["glyphCount"])["familyName"]


@pytest.mark.parametrize("name", ["answers", "claim-on-paper", "source"])
def test_hostile_text_is_seen_and_does_nothing(visit, small_site, name):
    page = visit.open(path_of(small_site, "en", TYPES[name]))
    assert page.evaluate("window.attacked") is None
    assert page.locator("img, main script").count() == 0
    if name != "source":
        assert "<script>" in page.inner_text("main")
        assert "⟨U+202E⟩" in page.inner_text("main")


def test_every_page_can_be_read_without_scripts(browser, small_site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((small_site / "index.html").as_uri())
    page.get_by_role("link", name="한국어").click()
    assert page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name="주장", exact=True).click()
    page.locator('a[href="sources/card.html"]').click()
    assert page.locator("table.claims tbody tr").count() == 2
    context.close()
