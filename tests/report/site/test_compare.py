import json

import pytest

from harness.report.site import pages
from tests.examples import benchmark
from tests.report.site.material import answered, material, site

PATH = "compare/m--vs--n"
SITE = site(material())
TWIN = json.loads(SITE[f"data/{PATH}.json"])


def lines(twin=TWIN):
    return {line["benchmark"]["id"]: line for group in twin["tables"] for line in group["lines"]}


def with_runs(*runs, **changes) -> dict:
    """The twin of the pair with other runs."""
    found = pages(material(runs=runs, **changes))
    return json.loads(next(page for page in found if page.path == PATH).twin)


def test_claims_that_name_both_stand_with_their_verdicts():
    (told,) = TWIN["claims"]
    assert (told["id"], told["measured"]) == ("report/ahead", "reproduced")


def test_rows_of_the_same_table_are_paired_with_the_first_models_lead():
    told = lines()
    assert {name: line["claimed"]["lead"] for name, line in told.items()} == {
        "puzzle": "+5.0",
        "exam": "-2.5",
        "quiz": "0.0",
    }
    assert [group["source"]["path"] for group in TWIN["tables"]] == ["sources/report"]
    assert told["puzzle"]["claimed"]["second"]["path"] == "claims/report/results/puzzle/n"


def test_measured_leads_are_those_of_a_claim_that_one_is_ahead():
    # The claim was decided by the ledger itself, over the same runs and under the same protocol.
    measured = lines()["puzzle"]["measured"]
    verdict = material().verdicts["report/ahead"]
    low, high = verdict.interval95
    assert (measured["first"]["value"], measured["second"]["value"], measured["lead"]) == ("80.0", "70.0", "+10.0")
    assert measured["interval95"] == [f"{low + 5:+.1f}", f"{high + 5:+.1f}"]
    assert (measured["items"], measured["repeats"], measured["protocol"]) == (40, 4, "house")
    assert f"data/{measured['first']['path']}.json" in SITE


def test_where_one_was_not_run_nothing_is_measured():
    assert lines()["quiz"]["measured"] is None
    twin = with_runs()
    assert twin["measured"] == 0


def test_runs_under_different_protocols_are_not_paired_and_it_says_so():
    twin = with_runs(answered("m", 8), answered("n", 7, "variant/warm", 1.0))
    (why,) = lines(twin)["puzzle"]["measured"]["why"]
    assert "no run of n under house" in why["en"]


def test_runs_of_a_benchmark_that_no_table_with_both_holds_are_shown_too():
    alone = [one for one in material().claims if one.id != "report/results/puzzle/n"]
    line = lines(with_runs(answered("m", 8), answered("n", 7), claims=alone))["puzzle"]
    assert line["claimed"] is None
    assert line["measured"]["lead"] == "+10.0"


def test_where_less_is_better_ahead_is_below():
    less = benchmark(id="puzzle", items=40, score={"metric": "acc", "higher_is_better": False})
    twin = with_runs(answered("m", 8), answered("n", 7), benchmarks={"puzzle": less})
    line = lines(twin)["puzzle"]
    assert (line["claimed"]["lead"], line["measured"]["lead"]) == ("-5.0", "-10.0")
    assert "Puzzle" not in [slope["label"] for slope in twin["slopes"]]


def test_models_and_claims_lead_to_the_page_of_their_pair():
    for name in ("models/m", "models/n", "claims/report/ahead", "compare"):
        assert f"{PATH}.html" in SITE[f"en/{name}.html"], name
    assert "compare.html" in SITE["en/models.html"]


def test_a_claim_run_under_two_protocols_has_a_specification_curve():
    page = SITE["en/claims/report/results/puzzle/m.html"]
    assert "variant/warm 60 (undecided), house 80 (undecided)" in page
    assert "decoding.temperature (0.5, 1.0)" in page


@pytest.mark.parametrize("name", ["card/table/quiz/m", "report/ahead"])
def test_a_claim_run_under_one_protocol_has_none(name):
    assert "Specification curve" not in SITE[f"en/claims/{name}.html"]
