from xml.etree import ElementTree

import pytest

from harness.report.exports.feed import ATOM, changes, feed
from harness.verdicts import Context, decide
from tests.examples import claim, run, source

NS = {"a": ATOM}


def verdict_with(*history, newest="2026-03-01T00:00:00.000+00:00", **changes):
    found = decide(claim(), {"m": [run([[1.0, 1.0]])]}, None, Context(code="0"))
    past = [{"verdict": name, "newest": when, "measured": None} for name, when in history]
    return found.model_copy(update={"history": past, "newest": newest, "verdict": "reproduced", **changes})


def parsed(one, verdict, link=None):
    return ElementTree.fromstring(feed([one], {one.id: verdict}, link))


def test_only_a_change_of_the_outcome_is_news_and_the_newest_comes_first():
    past = [
        ("not_measured", None),
        ("undecided", "2026-01-01T00:00:00+00:00"),
        ("undecided", "2026-02-01T00:00:00+00:00"),
    ]
    found = changes([claim()], {claim().id: verdict_with(*past)})
    assert [(each.before, each.after, each.when[:10]) for each in found] == [
        ("undecided", "reproduced", "2026-03-01"),
        ("not_measured", "undecided", "2026-01-01"),
    ]


@pytest.mark.parametrize(
    ("date", "when"),
    [("2025-08", "2025-08-01T00:00:00Z"), ("2025", "2025-01-01T00:00:00Z"), (None, "1970-01-01T00:00:00Z")],
)
def test_a_change_without_answers_has_the_date_of_its_source(date, when):
    one = claim(source=source(date=date))
    (change,) = changes([one], {one.id: verdict_with(("not_measured", None), newest=None)})
    assert change.when == when


def test_the_feed_is_atom_with_permanent_ids_and_links_to_the_claims():
    one = claim()
    root = parsed(one, verdict_with(("not_measured", None)), lambda name: f"claims/{name}/")
    assert root.findtext("a:updated", namespaces=NS) == "2026-03-01T00:00:00Z"
    entry = root.find("a:entry", NS)
    assert entry.findtext("a:id", namespaces=NS) == "tag:k-ai-claims-harness,2026:card/table/quiz/m/1"
    assert entry.find("a:link", NS).get("href") == "claims/card/table/quiz/m/"
    assert "재현됨" in entry.findtext("a:content", namespaces=NS)


def test_a_hostile_title_is_text():
    nasty = source(title="</title><script>alert(1)</script> \x0b\x00 ]]> &amp;")
    one = claim(source=nasty)
    root = parsed(one, verdict_with(("not_measured", None)))
    assert "<script>alert(1)</script> \ufffd\ufffd ]]> &amp;" in root.find("a:entry", NS).findtext(
        "a:content", namespaces=NS
    )
