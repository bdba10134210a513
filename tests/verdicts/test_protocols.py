import pytest

from harness.records import Says, Verdict
from harness.verdicts import Judged, combine, judge
from harness.verdicts.protocols import differing
from tests.verdicts.examples import evidence, steady, terms


def judged(outcome="undecided", protocol="house", p=0.0001, measured=50.0, **settings):
    verdict = Verdict(
        claim="c",
        lane="measured",
        verdict=outcome,
        claimed="50.0",
        unit="percent",
        measured=measured,
        difference=0.0,
        p_reproduced=p,
        p_contradicted=p,
        reasons=[Says(en="because", ko="때문에")],
        next=Says.same("n"),
        protocol=protocol,
        rule="2.0",
        code="0",
    )
    return Judged(verdict, settings)


def outcome(*outcomes, **changes):
    return combine([judged(one, f"p{i}", **changes) for i, one in enumerate(outcomes)]).verdict


@pytest.mark.parametrize(
    ("outcomes", "together"),
    [
        (("reproduced",), "reproduced"),
        (("contradicted", "contradicted"), "contradicted"),
        (("contradicted", "undecided"), "undecided"),
        (("contradicted", "not_measured"), "undecided"),
        (("reproduced", "not_measured"), "reproduced"),
        (("reproduced", "contradicted", "undecided"), "protocol_dependent"),
        (("reproduced", "undecided"), "reproduced"),
        (("not_measured", "not_measured"), "not_measured"),
    ],
)
def test_what_several_protocols_say_together(outcomes, together):
    assert outcome(*outcomes) == together
    assert outcome(*reversed(outcomes)) == together


def test_holding_under_one_of_several_protocols_may_be_luck():
    assert outcome("reproduced", "undecided", p=0.02) == "reproduced"
    assert outcome("reproduced", "undecided", "undecided", p=0.02) == "undecided"


def test_protocols_that_disagree_by_luck_leave_the_claim_open():
    assert outcome("reproduced", "contradicted", p=0.02) == "undecided"
    assert outcome("reproduced", "contradicted", p=0.01) == "protocol_dependent"
    assert outcome("reproduced", "contradicted", *["undecided"] * 4, p=0.01) == "undecided"


def test_a_missing_p_value_is_not_taken_for_a_small_one():
    assert outcome("reproduced", "undecided", p=None) == "undecided"


def test_a_declared_protocol_without_a_valid_run_is_named():
    found = combine([judged("not_measured", "main", measured=None), judged("contradicted", "b")])
    assert found.verdict == "undecided"
    assert found.reasons[0].en == "Under b; without a valid run under main."
    assert found.next.en == "a valid run under main"
    assert {point.protocol for point in found.specifications} == {"main", "b"}


def test_the_field_that_flips_a_claim_is_named():
    cold = judged("reproduced", "maker", decoding={"temperature": 0.6, "top_p": 1.0}, max_tokens=100)
    hot = judged("contradicted", "house", decoding={"temperature": 1.0, "top_p": 1.0}, max_tokens=100)
    found = combine([cold, hot])
    assert found.flips == "decoding.temperature (0.6, 1.0)"
    assert "decoding.temperature" in found.reasons[0].en


def test_where_settings_are_not_on_record_the_protocols_are_named():
    found = combine([judged("reproduced", "a"), judged("contradicted", "b")])
    assert found.flips == "protocol: a or b"


def test_many_differences_are_counted_not_listed():
    text = differing({str(i): i for i in range(9)}, {str(i): -1 for i in range(9)})
    assert text.count("(") == 5
    assert text.endswith("and 4 more")


def test_the_specification_curve_runs_from_the_least_to_the_most():
    found = combine([judged(protocol="a", measured=60.0), judged(protocol="b", measured=40.0)])
    assert [(point.protocol, point.measured) for point in found.specifications] == [("b", 40.0), ("a", 60.0)]


def test_a_protocol_is_named_once():
    with pytest.raises(ValueError, match="each once"):
        combine([judged(), judged()])


def test_real_answers_under_two_protocols():
    claim = terms("50.0", k_source=8, source_decoding="same")
    verdicts = [
        judge(claim, evidence(steady(right, 1000 - right), protocol=name))
        for name, right in (("maker", 500), ("house", 300))
    ]
    assert combine([Judged(v, {}) for v in verdicts]).verdict == "protocol_dependent"
