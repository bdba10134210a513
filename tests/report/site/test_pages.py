import json
import re
from html.parser import HTMLParser
from posixpath import dirname, join, normpath

import pytest

from harness.records import Says
from harness.report.site import ASSETS, pages
from harness.verdicts import decide
from tests.examples import claim, run, source, statement
from tests.report.site.material import ATTACK, CONTEXT, HIDDEN, KNOWN, SETTINGS, changed, finding, material, site

SITE = site(material())
PAGES = {name: text for name, text in SITE.items() if name.endswith(".html")}
CLAIM = "en/claims/card/table/quiz/m.html"


class Tags(HTMLParser):
    """What a browser would do with a page: elements, attributes, the text of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.inline = ""
        self._script = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.links += [value for name, value in attrs if name in {"href", "src"} and value]
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value for name, value in attrs if name == "id" and value]
        self._script = tag in {"script", "style"}

    def handle_endtag(self, tag):
        self._script = False

    def handle_data(self, data):
        self.inline += data if self._script else ""


def test_model_output_and_titles_are_text_on_every_page():
    for name, page in PAGES.items():
        found = Tags(page)
        assert "onerror" not in found.attributes, name
        assert found.inline.strip() == "", name
        assert "\x1b" not in page, name
        assert "\u202e" not in page, name


def test_the_search_index_holds_data_that_cannot_end_its_script():
    for language in ("en", "ko"):
        script = SITE[f"{language}/claims-index.js"]
        assert "<" not in script
        assert "\u202e" not in script
        assert json.loads(script.removeprefix("window.CLAIMS = ").rstrip(";\n"))["rows"]


def test_every_page_forbids_scripts_and_styles_that_are_not_files_of_the_site():
    for name, page in PAGES.items():
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
        assert policy, name
        assert "default-src 'none'" in policy[1]
        assert "unsafe" not in policy[1]
        assert not {a for a in Tags(page).attributes if a.startswith("on") or a == "style"}, name


def test_nothing_on_a_page_is_fetched_from_elsewhere():
    for name, page in PAGES.items():
        fetched = re.findall(r'<(?:script|img|iframe|object|embed)[^>]*\s(?:src|data)="(https?:[^"]+)"', page)
        fetched += [link for link in re.findall(r'<link rel="stylesheet" href="([^"]+)"', page) if ":" in link]
        assert fetched == [], name


def test_every_link_leads_to_a_file_of_the_site():
    files = {*SITE, *(f"assets/{name}" for name in ASSETS)}
    places = {name: set(Tags(page).ids) for name, page in PAGES.items()}
    for name, page in PAGES.items():
        for link in Tags(page).links:
            if link.startswith(("data:", "http", "mailto:")):
                continue
            path, _, place = link.partition("#")
            target = normpath(join(dirname(name), path)) if path else name
            assert target in files, f"{name} -> {link}"
            if place and "=" not in place:
                assert place in places[target], f"{name} -> {link}"


def test_an_id_stands_once_on_a_page():
    for name, page in PAGES.items():
        ids = Tags(page).ids
        assert len(ids) == len(set(ids)), name


def test_every_page_has_both_languages_and_a_twin():
    for name in SITE:
        if name.startswith("en/") and name.endswith(".html"):
            path = name[3:-5]
            assert f"ko/{path}.html" in SITE
            twin = json.loads(SITE[f"data/{path}.json"])
            assert twin["page"] == path
            assert twin["title"].keys() == {"en", "ko"}


def test_no_page_mixes_the_languages_of_the_interface():
    for name, page in PAGES.items():
        if name.startswith("ko/"):
            assert '<html lang="ko">' in page
            assert "By measurement" not in page, name


def test_texts_that_may_not_be_passed_on_reach_no_file():
    everything = "".join(SITE.values())
    assert HIDDEN not in everything
    assert HIDDEN in "".join(site(material(text=HIDDEN)).values())  # the same text where it may
    hidden = next(text for name, text in SITE.items() if "answers-1.html" in name and "/exam/" in name)
    assert "licence does not allow" in hidden or "재배포를 허용하지" in hidden


def test_an_open_claim_says_what_its_runs_would_cost_and_on_what_that_rests():
    cost = json.loads(SITE["data/claims/card/table/quiz/m.json"])["cost"]
    assert (cost["gpu_hours"], cost["gpu_hours_most"], cost["shared_with"]) == (12.3, 98.0, 1)
    assert cost["runs"][0]["cost"]["basis"][0]["ko"] == "답변당 8,209토큰: 가정"
    assert "GPU 약 12시간(많아야 98시간)" in SITE["ko/claims/card/table/quiz/m.html"]


def test_a_cost_that_is_not_known_says_so():
    assert json.loads(SITE["data/claims/other-card/table/exam/m.json"])["cost"]["gpu_hours"] is None
    assert "not known for h200x8" in SITE["en/claims/other-card/table/exam/m.html"]


def test_a_decided_claim_has_no_cost():
    found = site(changed(material(), {"verdict": "reproduced"}))
    assert json.loads(found["data/claims/card/table/quiz/m.json"])["cost"] is None


def test_short_answers_are_shown_where_texts_are_not():
    twin = next(
        json.loads(text) for name, text in SITE.items() if re.search(r"data/runs/m/exam/\w+/answers-1", name)
    )
    answers = {(s["item"], s["repeat"]): s["answers"] for s in twin["samples"]}
    assert answers["quiz/00000", 0] == {"strict": "B"}
    assert answers["quiz/00001", 1] == {"strict": None}


def test_the_items_of_a_benchmark_that_nobody_described_are_not_shown():
    found = site(material(text=HIDDEN, benchmarks={}))
    answers = "".join(text for name, text in found.items() if "/answers-" in name)
    assert HIDDEN not in answers


def test_a_line_of_a_megabyte_is_cut_and_says_so():
    page = next(text for name, text in SITE.items() if re.search(r"en/runs/m/quiz/\w+/answers-1.html", name))
    assert "cut: the first 4,000 of 1,000,000 characters" in page
    assert len(page) < 100_000


def test_the_first_page_shows_each_team_lane_by_lane_with_its_foremost_finding():
    twin = json.loads(SITE["data/index.json"])
    (team,) = twin["teams"]
    assert (team["name"], [m["id"] for m in team["models"]]) == ("Team", ["m"])
    assert team["counts"]["desk"] == {"contradicted": 1}
    assert sum(team["counts"]["measured"].values()) == 7
    assert team["counts"]["untestable"] == 1
    assert team["finding"]["claim"] == "article/s"
    assert twin["others"]["claims"] == 4
    assert twin["not_measured"]["claims"] == 4
    assert twin["new"]["changed"][0]["was"] == "not_measured"
    assert "Most important finding" in SITE["en/index.html"]
    assert "가장 중요한 결과" in SITE["ko/index.html"]


def test_a_rivals_document_does_not_give_the_foremost_finding():
    rival = finding(id="r", claims=["other-card/table/exam/m"], judged=["other-card/table/exam/m"])
    twin = json.loads(site(material(findings=[rival, finding()]))["data/index.json"])
    assert twin["teams"][0]["finding"]["claim"] == "article/s"


def test_a_claims_page_shows_both_lanes_protocol_runs_history_and_how_to_redo_it():
    page = SITE[CLAIM]
    for words in (
        "Claimed <strong>50.0</strong>",
        "6 February 2026",
        "95 % interval",
        "Margin δ",
        "Tipping margin",
        "temperature",
        "repeats",
        "we disagree",
        "changing between repeats",
        "harness run model=m suite=s",
        "harness claims show card/table/quiz/m",
        "https://example.org/new?title=card/table/quiz/m",
        "hours without a GPU",
        "The card, an earlier revision",
        "not measured",
    ):
        assert words in page, words


def test_the_way_to_report_an_error_is_never_a_broken_link():
    page = site(material(settings=SETTINGS.model_copy(update={"report": None})))[CLAIM]
    assert "mailto:" not in page
    assert "Report an error in this claim" not in page
    assert "write to whoever publishes" in page
    assert (
        "configs/site.yaml"
        in site(material(settings=SETTINGS.model_copy(update={"report": None})))["en/methods.html"]
    )


def test_words_of_the_glossary_lead_to_their_meaning():
    links = set(re.findall(r'methods\.html#(term-\w+)" data-means="', "".join(PAGES.values())))
    assert {"term-margin", "term-gates", "term-desk", "term-tipping", "term-noise"} <= links
    assert links <= set(Tags(SITE["en/methods.html"]).ids)


def test_what_documents_say_stands_apart_from_what_was_measured():
    article = SITE["en/claims/article/s.html"]
    assert "No reading agrees." in article
    assert "89.8 / 88.4" in article
    assert 'href="../../claims/card/table/quiz/m.html"' in article
    witness = SITE[CLAIM]
    assert "No reading agrees." not in witness
    assert "Evidence for findings on other claims" in witness


def test_what_others_measured_stands_apart_and_is_said_to_be_no_evidence():
    page = SITE[CLAIM]
    assert "A laboratory" in page
    assert "no evidence for the verdicts above" in page
    assert "다른 이의 측정" in SITE["ko/claims/card/table/quiz/m.html"]
    assert "A laboratory" not in SITE["en/claims/card/table/quiz/n.html"]


def test_a_claim_that_nobody_can_test_says_why_in_both_languages():
    assert "the weights are not public" in SITE["en/claims/article/closed.html"]
    assert "가중치가 공개되지 않았다" in SITE["ko/claims/article/closed.html"]


def test_a_later_revision_and_an_earlier_one_name_each_other():
    assert 'href="../sources/card-earlier.html"' in SITE["en/sources/card.html"]
    assert 'href="../sources/card.html"' in SITE["en/sources/card-earlier.html"]


def test_the_methods_page_prints_the_error_rates_of_the_rule():
    page = SITE["en/methods.html"]
    assert "a false claim reproduced" in page
    assert "1.0 %" in page
    assert "harness audit" in site(material(audit=None))["en/methods.html"]


def test_downloads_find_their_place_on_the_data_page():
    export = {"path": "exports/claims.csv", "name": "claims.csv", "says": Says(en="all", ko="전부").model_dump()}
    page = next(p for p in pages(material(), [export]) if p.path == "data")
    assert page.data["exports"] == [export]


def test_the_same_material_gives_the_same_bytes():
    assert site(material()) == SITE


def test_a_changed_verdict_changes_the_page_of_its_claim():
    again = site(changed(material(), {"verdict": "contradicted"}))
    assert again[CLAIM] != SITE[CLAIM]
    assert again["en/claims/article/closed.html"] == SITE["en/claims/article/closed.html"]


@pytest.mark.parametrize(
    ("kind", "value", "unit"), [("exceeds", None, "points"), ("rank", "1", "rank"), ("ratio", "101", "percent")]
)
def test_every_kind_of_verdict_has_a_page(kind: str, value: str | None, unit: str):
    runs = {"m": [run([[1.0, 1.0], [0.0, 0.0]])], "n": [run([[0.0, 0.0], [0.0, 1.0]])]}
    found = claim(kind=kind, value=value, unit=unit, comparators=["n"], protocol=KNOWN)
    verdict = decide(found, runs, None, CONTEXT)
    assert verdict.measured is not None
    page = site(material(claims=[found], verdicts={found.id: verdict}, findings=[], runs=[]))[CLAIM]
    assert "Measured" in page


def test_a_site_without_claims_is_a_site():
    found = site(material(claims=[], verdicts={}, findings=[], runs=[], models={}, vendors=[], audit=None))
    assert "ko/index.html" in found


def test_a_hostile_title_is_inert_in_the_title_of_the_page():
    hostile = material(claims=[statement(source=source(id="article", title=ATTACK))], findings=[])
    page = site(hostile)["ko/sources/article.html"]
    assert "<script>window" not in page
    assert "⟨U+202E⟩" in page
