import pytest

from harness.claims.checks.facts import (
    licence_of_release,
    rank_by_size,
    statement_against_facts,
    training_arithmetic,
)
from harness.facts.parameters import count
from harness.records import Finding
from harness.records.architecture import Architecture
from tests.examples import desk, model, source, statement

CARD = source(of="m")
MODEL = model()
TOTAL = count(MODEL.architecture).total  # 10 layers of 16 M weights and norms, two tables of 10 M


def only(findings) -> Finding:
    (found,) = findings
    return found


def size(value: str, quantity: str = "parameters_total", **changes):
    data = {"kind": "structure", "value": value, "unit": "parameters", "quantity": quantity}
    return statement(**(data | changes))


def check(claim, *others, models=(MODEL,)):
    return list(statement_against_facts(desk(claim, *others, models=models)))


def test_the_example_is_added_up_by_hand():
    layer = 4 * 1000 * 1000 + 3 * 1000 * 4000 + 2 * 1000
    assert 2 * 10_000 * 1000 + 10 * layer + 1000 == TOTAL


def test_a_size_that_follows_from_the_configuration_agrees():
    assert only(check(size("180M"))).severity == "none"


def test_a_size_that_was_cut_off_instead_of_rounded_agrees_and_is_said():
    larger = MODEL.architecture.model_copy(update={"vocab_size": 10_350})  # 180.7 million
    found = only(check(size("180M"), models=[MODEL.model_copy(update={"architecture": larger})]))
    assert (found.verdict, found.severity) == ("reproduced", "info")
    assert "round or cut-off" in found.says.en


def test_a_planted_size_is_contradicted_with_the_count():
    found = only(check(size("135M")))
    assert (found.verdict, found.severity) == ("contradicted", "major")
    assert f"{TOTAL:,}" in found.arithmetic


@pytest.mark.parametrize(("printed", "hedge"), [("200M", "more_than"), ("170M", "less_than")])
def test_a_round_number_stretches_only_where_the_wording_allows(printed, hedge):
    assert only(check(size(printed, hedge=hedge))).verdict == "contradicted"


@pytest.mark.parametrize(("printed", "severity"), [("18072만", "none"), ("18070만", "info"), ("18000만", "info")])
def test_a_number_that_is_cut_off_at_its_round_digits_agrees(printed, severity):
    larger = MODEL.architecture.model_copy(update={"vocab_size": 10_350})  # 180,721,000
    found = only(check(size(printed), models=[MODEL.model_copy(update={"architecture": larger})]))
    assert (found.verdict, found.severity) == ("reproduced", severity)


def test_contexts_count_a_thousand_as_1024():
    assert only(check(size("4K", "context", unit="tokens"))).verdict == "reproduced"
    assert only(check(size("4.1K", "context", unit="tokens"))).verdict == "reproduced"
    assert only(check(size("5K", "context", unit="tokens"))).verdict == "contradicted"


def test_the_same_statement_in_two_articles_is_told_once():
    other = source(id="other-article", kind="press", party="third")
    found = only(check(size("135M"), size("135M", source=other)))
    assert found.claims == found.judged == ["article/s", "other-article/s"]


class TestLicence:
    def release(self, **changes):
        return statement(kind="adoption", value=None, unit="text", quantity="open_source", **changes)

    def test_an_approved_licence_is_open_source(self):
        assert only(licence_of_release(desk(self.release(), models=[MODEL]))).severity == "none"

    def test_the_makers_own_terms_leave_it_open(self):
        own = model(licence={"id": "own terms", "allows": "much"})
        assert only(licence_of_release(desk(self.release(), models=[own]))).verdict == "undecided"

    @pytest.mark.parametrize("value", ["MIT", "mit", "MIT License"])
    def test_the_same_licence_in_other_words_agrees(self, value):
        claim = statement(kind="structure", value=value, unit="text", quantity="licence")
        assert only(licence_of_release(desk(claim, models=[MODEL]))).verdict == "reproduced"

    def test_a_licence_by_another_name_is_contradicted(self):
        claim = statement(kind="structure", value="Apache-2.0", unit="text", quantity="licence")
        assert only(licence_of_release(desk(claim, models=[MODEL]))).verdict == "contradicted"


def test_active_parameters_name_the_counting_rule_that_fits():
    without_table = count(MODEL.architecture).active_without_input_embedding
    found = only(check(size(f"{without_table / 1e6:.0f}M", "parameters_active")))
    assert found.verdict == "reproduced"
    assert "without the input table" in found.says.en


def test_an_unpublished_size_is_never_computed():
    partial = MODEL.architecture.model_copy(update={"hidden_size": None})
    found = only(check(size("180M"), models=[MODEL.model_copy(update={"architecture": partial})]))
    assert (found.verdict, found.severity) == ("undecided", "info")
    assert "hidden_size" in found.arithmetic


def test_an_unpublished_size_falls_back_on_what_the_maker_prints():
    partial = MODEL.architecture.model_copy(update={"hidden_size": None})
    own = size("10.1M", "parameters_active", source=CARD)
    (press, _) = check(
        size("10M", "parameters_active"), own, models=[MODEL.model_copy(update={"architecture": partial})]
    )
    assert press.verdict == "reproduced"
    assert "card" in press.arithmetic


def test_a_model_without_a_configuration_is_no_finding():
    assert check(size("1B", model="unknown")) == []


class TestSavings:
    """Three layers in four see 100 tokens only: at 1,000 tokens the cache is (1 + 3 x 0.1) / 4 = 32.5 %."""

    HYBRID = Architecture.model_validate(
        {
            "source": "card",
            "hidden_size": 100,
            "vocab_size": 100,
            "context": 1000,
            "mixers": {
                "local": {"kind": "attention", "heads": 1, "kv_heads": 1, "head_dim": 10, "window": 100},
                "global": {"kind": "attention", "heads": 1, "kv_heads": 1, "head_dim": 10},
            },
            "feed_forwards": {"dense": {"intermediate": 100}},
            "layers": [
                {"count": 3, "mixer": "local", "feed_forward": "dense"},
                {"count": 1, "mixer": "global", "feed_forward": "dense"},
            ],
        }
    )

    def saving(self, value: str, quantity: str, hedge: str = "exact"):
        reading = {"quantity": quantity, "against": "without_windows", "context": 1000}
        claim = statement(kind="efficiency", value=value, hedge=hedge, quantity="saving", readings=[reading])
        return only(check(claim, models=[model(architecture=self.HYBRID)]))

    def test_a_share_that_follows_agrees(self):
        assert self.saving("32.5", "kv_cache_share").verdict == "reproduced"

    def test_a_reduction_is_the_rest(self):
        assert self.saving("67.5", "kv_cache_reduction").verdict == "reproduced"

    def test_a_planted_saving_is_contradicted(self):
        assert self.saving("30", "kv_cache_share").verdict == "contradicted"

    def test_up_to_is_one_sided(self):
        assert self.saving("40", "attention_flops_share", hedge="up_to").verdict == "reproduced"

    def test_an_open_context_is_searched_and_named(self):
        architecture = self.HYBRID.model_copy(update={"context": 100_000})
        reading = {"quantity": "kv_cache_share", "against": "without_windows"}
        claim = statement(kind="efficiency", value="27", readings=[reading], quantity="saving")
        found = only(check(claim, models=[model(architecture=architecture)]))
        # 25 % + 7,500 % / tokens: 27 % near 3,750 tokens, and nowhere else.
        assert (found.verdict, found.severity) == ("undecided", "minor")
        assert "tokens against every layer seeing all" in found.recomputed.en

    def test_an_unpublished_window_is_never_taken_for_none(self):
        mixers = {"local": {**self.HYBRID.mixers["local"].model_dump(), "window": "unpublished"}}
        mixers["global"] = self.HYBRID.mixers["global"].model_dump()
        open_window = Architecture.model_validate(self.HYBRID.model_dump() | {"mixers": mixers})
        reading = {"quantity": "cached_tokens_share", "against": "without_windows", "context": 1000}
        claim = statement(kind="efficiency", value="32.5", readings=[reading], quantity="saving")
        found = only(check(claim, models=[model(architecture=open_window)]))
        assert (found.verdict, found.severity) == ("undecided", "info")


class TestGpus:
    def claim(self, value: str):
        reading = {"quantity": "gpus", "gpu": "a100_80gb", "dtype": "bfloat16", "context": 4096}
        return statement(kind="deployability", value=value, unit="GPUs", readings=[reading])

    def test_a_number_of_gpus_that_holds_the_weights_agrees(self):
        assert only(check(self.claim("1"))).verdict == "reproduced"

    def test_a_planted_number_is_contradicted(self):
        assert only(check(self.claim("4"))).verdict == "contradicted"

    def test_a_statement_without_a_number_holds_within_its_declared_limit(self):
        reading = {"quantity": "gpus", "gpu": "a100_80gb", "dtype": "bfloat16", "context": 4096, "within": 1}
        claim = statement(kind="deployability", value=None, unit="text", readings=[reading])
        assert only(check(claim)).verdict == "reproduced"


def test_the_largest_of_several_is_recomputed_from_counted_sizes():
    small = model(id="n", architecture=MODEL.architecture.model_copy(update={"vocab_size": 10}))
    claim = statement(kind="rank", value="1", unit="rank", quantity="parameters_total", comparators=["n"])
    assert only(rank_by_size(desk(claim, models=[MODEL, small]))).verdict == "reproduced"
    wrong = claim.model_copy(update={"value": "2"})
    assert only(rank_by_size(desk(wrong, models=[MODEL, small]))).verdict == "contradicted"


class TestTraining:
    TOKENS = statement(
        "tokens", kind="training", value="1T", unit="tokens", quantity="training_tokens", source=CARD
    )

    def flops(self, value: str):
        return statement(
            kind="training", value=value, unit="floating-point operations", quantity="training_flops", source=CARD
        )

    def test_six_operations_per_active_parameter_and_token_agree(self):
        active = count(MODEL.architecture).active
        claim = self.flops(f"{6 * active * 1e12:.2e}")
        assert only(training_arithmetic(desk(self.TOKENS, claim, models=[MODEL]))).verdict == "reproduced"

    def test_a_planted_number_is_contradicted(self):
        found = only(training_arithmetic(desk(self.TOKENS, self.flops("9.9e25"), models=[MODEL])))
        assert found.verdict == "contradicted"
