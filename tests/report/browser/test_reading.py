"""What a reader does: searches, filters, switches, drills down, goes back."""

import re

import pytest
from playwright.sync_api import expect


def names(page):
    return page.locator("#rows tr th").all_inner_texts()


def test_a_search_finds_claims_as_it_is_typed_and_stands_in_the_address(visit):
    page = visit.open("en/claims.html")
    assert len(names(page)) == 13
    page.get_by_role("searchbox").press_sequentially("QUIZ n")
    expect(page.locator("#count")).to_contain_text("of 13 claims")
    assert all("quiz" in name for name in names(page))
    assert "q=QUIZ+n" in page.url
    again = page.url
    page.goto("about:blank")
    page.goto(again)
    assert page.get_by_role("searchbox").input_value() == "QUIZ n"


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("Model", "n", 4),
        ("Benchmark", "exam", 3),
        ("Source", "card", 2),
        ("Kind", "score", 12),
        ("Lane", "desk", 1),
        ("Lane", "none", 1),
        ("Verdict", "contradicted", 1),
        ("Verdict", "not_testable", 1),
    ],
)
def test_every_filter_leaves_what_it_says(visit, field, value, found):
    page = visit.open("en/claims.html")
    page.get_by_label(field, exact=True).select_option(value)
    expect(page.locator("#rows tr")).to_have_count(found)
    assert f"{field.lower()}={value}" in page.url


def test_back_and_forward_bring_earlier_filters_back(visit):
    page = visit.open("en/claims.html")
    page.get_by_label("Model", exact=True).select_option("n")
    expect(page.locator("#rows tr")).to_have_count(4)
    page.get_by_role("link", name="n scores").or_(page.locator("#rows a")).first.click()
    expect(page.locator("h1")).to_be_visible()
    page.go_back()
    expect(page.locator("#rows tr")).to_have_count(4)
    assert page.get_by_label("Model", exact=True).input_value() == "n"
    page.go_back()
    expect(page.locator("#rows tr")).to_have_count(13)
    page.go_forward()
    expect(page.locator("#rows tr")).to_have_count(4)


def test_a_link_may_name_several_models_and_clear_forgets_them(visit):
    page = visit.open("en/index.html")
    page.get_by_role("link", name="9 claims").click()
    expect(page.locator("#rows tr")).to_have_count(9)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#rows tr")).to_have_count(13)


def test_an_address_that_makes_no_sense_finds_nothing_and_breaks_nothing(visit):
    page = visit.open("en/claims.html#model=<script>&verdict=x&q=%E0")
    expect(page.locator("#rows tr")).to_have_count(0)
    assert visit.said == []


def test_the_other_language_shows_the_same_page_and_keeps_its_state(visit):
    page = visit.open("en/claims.html#model=n")
    page.get_by_role("link", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("#rows tr")).to_have_count(4)
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("en/claims.html#model=n")


def test_the_root_leads_to_the_readers_language_and_remembers_a_choice(visit):
    page = visit.open("index.html")
    page.wait_for_url("**/en/index.html")
    page.get_by_role("link", name="한국어").click()
    page.wait_for_url("**/ko/index.html")
    visit.open("index.html")
    page.wait_for_url("**/ko/index.html")


def test_the_theme_changes_and_is_remembered(visit):
    page = visit.open("en/index.html")
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.get_by_role("button", name="Theme: system").click()
    assert page.evaluate(colour) == light
    page.get_by_role("button", name="Theme: light").click()
    dark = page.evaluate(colour)
    assert dark != light
    visit.open("ko/methods.html")
    assert page.evaluate(colour) == dark
    assert page.get_by_role("button", name="어둡게").is_visible()


def test_a_claim_leads_down_to_the_answer_it_rests_on_and_back(visit):
    page = visit.open("en/claims/card/table/quiz/m.html")
    page.get_by_role("link", name="changing between repeats").click()
    expect(page.locator("#count")).to_have_text("1 of 2 items")
    assert page.get_by_label("changing between repeats").is_checked()
    page.get_by_role("link", name="quiz/00001").click()
    expect(page.locator("article.answer").filter(has_text="quiz/00001").first).to_be_in_viewport()
    page.go_back()
    expect(page.locator("#count")).to_have_text("1 of 2 items")
    page.get_by_label("all").check()
    expect(page.locator("#count")).to_have_text("2 of 2 items")
    page.go_back()
    page.go_back()
    expect(page.locator("h1")).to_contain_text("m scores 50.0")


def test_a_campaign_is_reached_from_the_data_page_and_leads_to_its_runs(visit):
    page = visit.open("en/data.html")
    page.get_by_role("link", name="2 campaigns").click()
    page.get_by_role("link", name="trial").click()
    page.get_by_role("link", name="Quiz, ").click()
    expect(page.locator("h1")).to_contain_text("on Quiz: the answers")


def test_what_an_open_claim_would_cost_stands_on_its_page_with_what_that_rests_on(visit):
    page = visit.open("en/claims/card/table/quiz/m.html")
    expect(page.get_by_text("about 12 GPU hours on h200x8, at most 98")).to_be_visible()
    page.get_by_text("what the estimate rests on").click()
    expect(page.get_by_text("8,209 tokens an answer: assumed")).to_be_visible()


def test_files_beside_the_pages_are_found_from_the_data_page(visit, small_site):
    page = visit.open("en/data.html")
    links = page.locator("main a[href*='downloads/'], main a[href$='feed.xml']")
    found = [(small_site / "en" / (link.get_attribute("href") or "")).resolve() for link in links.all()]
    assert len(found) > 10
    assert all(path.is_file() for path in found)


def test_everything_is_reached_with_the_keyboard(visit):
    page = visit.open("en/claims.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.type || 'link'"))
    assert [
        name for name in ("q", "model", "benchmark", "source", "kind", "lane", "verdict") if name not in reached
    ] == []


def test_a_page_prints_without_its_controls(visit):
    page = visit.open("en/claims/card/table/quiz/m.html")
    page.emulate_media(media="print")
    assert not page.locator("nav").first.is_visible()
    assert page.locator("figure svg").first.is_visible()
    assert re.match(r"rgba?\(", page.evaluate("getComputedStyle(document.body).color"))


def test_a_tables_heads_sort_it_with_the_keyboard_and_say_so(visit):
    page = visit.open("en/models.html")
    head = page.get_by_role("columnheader", name="Claims")

    def numbers() -> list[int]:
        return [int(text) for text in page.locator("tbody tr td:nth-child(4)").all_inner_texts()]

    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert numbers() == sorted(numbers(), reverse=True)
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert numbers() == sorted(numbers())
    page.get_by_role("button", name="Model").click()
    expect(page.locator("th[aria-sort]")).to_have_count(1)
    names_shown = page.locator("tbody th").all_inner_texts()
    assert names_shown == sorted(names_shown, key=str.lower)


def test_numbers_sort_as_numbers_and_gaps_come_last(visit):
    page = visit.open("en/sources/card.html")
    claimed = page.locator("table.claims tbody tr td:nth-child(2)")
    page.get_by_role("button", name="Claimed").click()
    assert [text.split()[0] for text in claimed.all_inner_texts()] == ["61.0", "50.0"]
    page.get_by_role("button", name="Claimed").click()
    assert [text.split()[0] for text in claimed.all_inner_texts()] == ["50.0", "61.0"]


def test_the_order_of_the_list_of_claims_stands_in_the_address(visit):
    page = visit.open("en/claims.html")
    claimed = page.locator("#rows td:nth-child(4)")
    page.get_by_role("button", name="Claimed").click()
    assert "sort=-claimed" in page.url
    shown = claimed.all_inner_texts()
    numbers = [float(text) for text in shown if text != "–"]
    assert numbers == sorted(numbers, reverse=True)
    assert shown == [text for text in shown if text != "–"] + [text for text in shown if text == "–"]
    again = page.url
    page.goto("about:blank")
    page.goto(again)
    assert claimed.all_inner_texts() == shown
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Claimed")


def test_the_first_column_of_a_table_stays_in_sight_on_a_phone(visit):
    page = visit.open("ko/claims.html")
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#table").evaluate("table => { table.scrollLeft = 300; }")
    box = page.locator("#rows th").first.bounding_box()
    assert box is not None
    assert 0 <= box["x"] < 40


def test_a_word_of_the_glossary_is_explained_on_hover_and_focus_until_it_is_left(visit):
    page = visit.open("en/claims/card/table/quiz/m.html")
    word, tip = page.get_by_role("link", name="Margin δ"), page.get_by_role("tooltip")
    expect(tip).to_be_hidden()
    word.focus()
    expect(tip).to_contain_text("still count as the same")
    expect(word).to_have_attribute("aria-describedby", "tip")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.locator("h1").click()
    word.hover()
    expect(tip).to_be_visible()
    tip.hover()
    page.wait_for_timeout(400)
    expect(tip).to_be_visible()
    page.locator("h1").hover()
    expect(tip).to_be_hidden()
    word.click()
    expect(page.locator("#term-margin")).to_be_in_viewport()
