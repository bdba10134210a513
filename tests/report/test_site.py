import re
from html.parser import HTMLParser

from harness.records import Finding, Says
from harness.report.figure import WIDTH, claim_figure
from harness.report.site import pages
from harness.verdicts import Context, RunEvidence, decide
from tests.examples import benchmark, claim, run, sample

ATTACK = '<script>alert("x")</script><img src=x onerror=alert(1)>'
CONTEXT = Context(benchmark(), Says(en="no run", ko="실행 없음"), "harness run …", "0.1.0")
KNOWN = {"known": {"temperature": 0.5, "max_tokens": 100}}


def site(text: str = "fine", redistribution: str = "free") -> dict[str, str]:
    evidence = run([[1.0, 1.0], [0.0, 0.0]])
    samples = [sample(int(s.item[-1]), s.repeat, s.scores["acc"], text=text) for s in evidence.samples]
    evidence = RunEvidence(evidence.manifest, samples, evidence.folder)
    measured, waiting = claim(protocol=KNOWN), claim(id="card/table/quiz/other", model="other")
    verdicts = {
        measured.id: decide(measured, {"m": [evidence]}, None, CONTEXT),
        waiting.id: decide(waiting, {}, None, CONTEXT),
    }
    registry = {"quiz": benchmark(redistribution=redistribution)}
    finding = Finding(
        id="f",
        check="ratio_from_rows",
        claims=[waiting.id, measured.id],
        judged=[waiting.id],
        statement=Says(en="s", ko="s"),
        claimed="110 %",
        recomputed="102 %",
        verdict="contradicted",
        severity="major",
        evidence=["card.yaml:1"],
        arithmetic=f"89.8 / 88.4 {ATTACK}",
        says=Says(en="No reading agrees.", ko="맞는 해석이 없다."),
    )
    return pages([measured, waiting], verdicts, [evidence], registry, {}, [finding])


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in {"href", "src"} and value]


def test_model_output_is_escaped_on_every_page():
    for name, page in site(ATTACK).items():
        assert "<img src=x" not in page, name
        assert "alert(" not in page.replace("alert(1)&gt;", "").replace("alert(&#34;x&#34;)", ""), name


def test_nothing_on_a_page_needs_the_network():
    for name, page in site().items():
        links = Links()
        links.feed(page)
        fetched = [link for link in links.found if re.match(r"https?:", link)]
        assert fetched == [], name


def test_every_link_leads_to_a_page_of_the_site():
    from posixpath import dirname, join, normpath

    found = site()
    for name, page in found.items():
        links = Links()
        links.feed(page)
        for link in links.found:
            if not link.startswith(("data:", "http")):
                assert normpath(join(dirname(name), link)) in found, f"{name} -> {link}"


def test_the_first_page_shows_claim_measurement_and_verdict_in_both_languages():
    page = site()["index.html"]
    for words in ("m scores 50.0 on quiz", "m의 quiz 점수는 50.0", "undecided", "판정 불가", "○", "미측정"):
        assert words in page


def test_texts_are_withheld_where_the_items_may_not_be_redistributed():
    free = "".join(site("the model said this").values())
    withheld = "".join(site("the model said this", "internal_only").values())
    assert "the model said this" in free
    assert "the model said this" not in withheld


def test_the_same_input_gives_the_same_bytes():
    assert site() == site()


def test_everything_in_the_figure_lies_on_the_canvas():
    measured = claim(protocol=KNOWN)
    figure = claim_figure(measured, decide(measured, {"m": [run([[1.0, 1.0], [0.0, 0.0]])]}, None, CONTEXT))
    assert figure is not None
    places = [
        *figure.margin,
        *figure.interval,
        figure.claimed.x,
        figure.measured.x,
        *(t.x for t in figure.ticks),
    ]
    assert all(0 <= x <= WIDTH for x in places)
    assert len(figure.ticks) >= 2


def test_what_documents_say_stands_apart_from_what_was_measured():
    page = site()["claims/card--table--quiz--other.html"]
    assert "On paper" in page
    assert "맞는 해석이 없다." in page
    assert 'href="../claims/card--table--quiz--m.html"' in page


def test_a_claim_that_is_only_evidence_does_not_wear_the_verdict_of_another():
    page = site()["claims/card--table--quiz--m.html"]
    assert "On paper" not in page
    assert "Evidence for" in page


def test_the_reply_of_the_maker_is_shown():
    says = {"en": "we disagree", "ko": "동의하지 않는다"}
    reply = {"by": "Maker", "date": "2026-02-01", "url": "https://example.org", "says": says}
    answered = claim(reply=reply)
    page = pages([answered], {answered.id: decide(answered, {}, None, CONTEXT)}, [], {}, {})
    assert "we disagree" in page["claims/card--table--quiz--m.html"]


def test_every_kind_of_verdict_has_a_page():
    other = run([[0.0, 0.0], [0.0, 1.0]])
    runs = {"m": [run([[1.0, 1.0], [0.0, 0.0]])], "n": [other]}
    for kind, value, unit in (("exceeds", None, "points"), ("rank", "1", "rank"), ("ratio", "101", "percent")):
        found = claim(kind=kind, value=value, unit=unit, comparators=["n"], protocol=KNOWN)
        verdict = decide(found, runs, None, CONTEXT)
        assert verdict.measured is not None
        page = pages([found], {found.id: verdict}, [], {}, {})["claims/card--table--quiz--m.html"]
        assert "Claimed" in page


def test_a_claim_page_says_what_was_spent():
    answers = site()
    page = answers["claims/card--table--quiz--m.html"]
    assert "hours without a GPU" in page
    assert "GPU 없음" in page
    assert "Spent" not in answers["claims/card--table--quiz--other.html"]
