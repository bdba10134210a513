import re
import struct
from dataclasses import replace

import pytest

from harness.records import Says
from harness.report.site import Faces, Renderer, faces, pages, png
from harness.report.site.cards import told
from harness.report.site.page import Card
from harness.report.site.words import words
from tests.report.site.material import ATTACK, SETTINGS, material, site

COUNTS = {"claims": 3, "measured": {"reproduced": 2}, "desk": {}}
CARD = Card(Says(en="A report", ko="보고서"), Says(en="Team", ko="팀"), COUNTS, "a-report")
DRAW = Renderer(SETTINGS)
HANGUL, LATIN = Faces(hangul=True), Faces(hangul=False)


def test_a_card_is_a_picture_of_the_size_that_links_are_shown_with():
    drawn = png(DRAW.card(CARD, "ko", faces()))
    assert drawn.startswith(b"\x89PNG")
    assert struct.unpack(">II", drawn[16:24]) == (1200, 630)
    assert drawn == png(DRAW.card(CARD, "ko", faces()))


def test_a_card_shows_claims_lane_by_lane_in_its_language():
    svg = DRAW.card(CARD, "ko", HANGUL)
    for text in ("보고서", "주장 3건", "재현됨", "문서 대조"):
        assert text in svg


def test_without_hangul_a_card_is_in_english_and_has_no_hangul():
    svg = DRAW.card(CARD, "ko", LATIN)
    assert "A report" in svg
    assert not re.search("[가-힣]", svg.replace("font-family", ""))


@pytest.mark.parametrize(("title", "shown"), [("漢字", "a-report"), ("🙂", "a-report"), ("K‑EXAONE", "a-report")])
def test_a_title_that_no_font_may_have_is_replaced_by_the_name(title, shown):
    card = replace(CARD, title=Says(en=title, ko=title))
    assert told(card, words("en"), HANGUL)["lines"] == [shown]


def test_decomposed_hangul_is_composed():
    card = replace(CARD, title=Says(en="x", ko="보고서"))
    assert told(card, words("ko"), HANGUL)["lines"] == ["보고서"]


@pytest.mark.parametrize("text", ["word " * 40, "x" * 400, "한" * 400])
def test_a_long_title_is_cut_after_two_lines(text):
    lines = told(replace(CARD, title=Says(en=text, ko=text)), words("ko"), HANGUL)["lines"]
    assert len(lines) == 2
    assert lines[1].endswith("…")


def test_hostile_titles_are_text():
    found = {page.path: page for page in pages(material())}
    card = found["sources/other-card"].card
    assert card is not None
    assert "<script" not in DRAW.card(replace(card, title=Says(en="<script>", ko=ATTACK)), "en", HANGUL)


def test_models_and_sources_have_cards_which_their_pages_name():
    found = {page.path for page in pages(material()) if page.card}
    assert {"models/m", "models/team", "sources/card"} <= found
    assert all(path.startswith(("models/", "sources/")) for path in found)
    page = site(material())["ko/models/m.html"]
    assert '<meta property="og:image" content="https://example.org/site/cards/ko/models/m.png">' in page
    assert '<meta property="og:url" content="https://example.org/site/ko/models/m.html">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page


def test_a_copy_without_an_address_names_none():
    page = site(material(settings=SETTINGS.model_copy(update={"address": None})))["ko/models/m.html"]
    assert '<meta property="og:image" content="../../cards/ko/models/m.png">' in page
    assert "og:url" not in page


def test_every_page_says_what_it_is_where_a_link_to_it_is_shown():
    for name, page in site(material()).items():
        if name.startswith(("en/", "ko/")) and name.endswith(".html"):
            for key in ("og:title", "og:description"):
                (said,) = re.findall(f'<meta property="{key}" content="([^"]*)">', page)
                assert said.strip(), name
