import pytest

from harness.records import Says, Verdict
from harness.verdicts.families import after_holm, by_vendor
from tests.examples import SOURCE, claim


def decided(name, outcome="reproduced", p=(0.001, 1.0), model="m", difference=0.0, error=1.0, **changes):
    verdict = Verdict(
        claim=name,
        lane="measured",
        verdict=outcome,
        claimed="50.0",
        unit="percent",
        difference=difference,
        error=error,
        p_reproduced=p[0],
        p_contradicted=p[1],
        reasons=[Says(en="because", ko="때문에")],
        next=Says.same("n"),
        rule="2.0",
        code="0",
    )
    return claim(id=name, model=model, **changes), verdict


def test_one_claim_of_many_has_to_be_surer_than_one_alone():
    alone = [decided("a", p=(0.02, 1.0))]
    among = [*alone, *(decided(f"b{i}", "undecided", (0.5, 0.5)) for i in range(3))]
    assert after_holm(alone) == {"a": "reproduced"}
    assert after_holm(among)["a"] == "undecided"


def test_contradictions_are_a_family_of_their_own():
    pairs = [decided("a", "contradicted", (0.5, 0.001)), decided("b", "reproduced", (0.03, 0.5))]
    assert after_holm(pairs) == {"a": "contradicted", "b": "undecided"}


def test_another_model_s_claims_are_another_family():
    pairs = [decided("a", p=(0.03, 1.0)), decided("b", p=(0.03, 1.0), model="other")]
    assert set(after_holm(pairs).values()) == {"reproduced"}


def test_what_was_not_measured_is_in_no_family():
    assert after_holm([decided("a", "not_measured", (None, None))]) == {}


def test_a_vendor_s_claims_have_one_mean_difference():
    pairs = [decided("a", difference=-2.0), decided("b", difference=-4.0, model="n")]
    (found,) = by_vendor(pairs, {"m": "Maker", "n": "Maker"})
    assert (found.name, found.claims, found.effect.mean) == ("Maker", 2, pytest.approx(-3.0))


def test_only_what_a_maker_says_of_its_own_scores_counts():
    third = decided("a", source={**SOURCE, "party": "third"})
    lead = decided("b", kind="exceeds", comparators=["n"])
    unknown = decided("c", model="unknown")
    assert by_vendor([third, lead, unknown], {"m": "Maker"}) == []
