import pytest

from harness.claims.checks.agreement import (
    comparator_against_own_card,
    figure_against_table,
    revision_against_revision,
    source_against_source,
    statement_against_statement,
)
from harness.records import Finding, Subject
from tests.examples import desk, source, statement, table

M = Subject(id="m", name="M")
CARD = source(of="m")
PAPER = source(id="paper", kind="tech_report", of="o")
OTHER = source(id="other", kind="tech_report", of="p")
CHECKS = [
    comparator_against_own_card,
    figure_against_table,
    revision_against_revision,
    source_against_source,
    statement_against_statement,
]


def only(findings) -> Finding:
    (found,) = findings
    return found


def rows(value: str, **changes):
    return table({"quiz": {"m": value}}, **changes)


@pytest.mark.parametrize("check", CHECKS)
def test_papers_that_print_the_same_number_are_silent(check):
    same = [
        rows("80.0", source=CARD),
        rows("80", source=PAPER, table="t"),
        rows("80.0", source=CARD, form="figure"),
    ]
    assert list(check(desk(*same, subjects=[M]))) == []


def test_a_figure_that_differs_from_its_table_is_found():
    figure = rows("24.5", source=source(id="figure", of="m"), form="figure")
    found = only(figure_against_table(desk(rows("25.4", source=CARD), figure)))
    assert found.verdict == "undecided"
    assert {"card/results/quiz/m", "figure/results/quiz/m"} == set(found.claims)


def test_a_figure_does_not_repeat_its_tables_differences_with_others():
    figure = rows("80.0", source=source(id="figure", of="m"), form="figure")
    assert list(source_against_source(desk(figure, rows("70.0", source=PAPER)))) == []


def test_a_figure_in_the_same_document_is_compared_too():
    figure = rows("24.5", table="figure", source=CARD, form="figure")
    assert only(figure_against_table(desk(rows("25.4", source=CARD), figure))).claimed.en == "25.4 and 24.5"


def test_a_later_revision_with_another_number_is_found():
    newer = rows("79.1", source=source(id="card-2", of="m", supersedes="card"))
    older = rows("80.0", source=CARD, standing="superseded")
    found = only(revision_against_revision(desk(older, newer)))
    assert found.claimed.en == "79.1 and 80.0"


def test_a_replaced_revision_is_not_held_against_other_papers():
    older = rows("80.0", source=CARD, standing="superseded")
    assert list(comparator_against_own_card(desk(older, rows("70.0", source=PAPER)))) == []


def test_a_comparators_number_is_held_against_its_makers_own_card():
    found = only(comparator_against_own_card(desk(rows("80.0", source=CARD), rows("78.0", source=PAPER))))
    assert found.claims[0] == "card/results/quiz/m"


def test_two_papers_on_a_third_model_are_compared():
    found = only(source_against_source(desk(rows("80.0", source=PAPER), rows("78.0", source=OTHER))))
    assert (found.verdict, found.severity) == ("undecided", "minor")


@pytest.mark.parametrize(("check", "newer"), [(revision_against_revision, True), (source_against_source, False)])
def test_the_last_digit_is_a_difference_too(check, newer):
    other = source(id="card-2", of="m", supersedes="card") if newer else OTHER
    a = rows("83.9", source=CARD if newer else PAPER, standing="superseded" if newer else "current")
    assert only(check(desk(a, rows("83.8", source=other)))).severity == "info"


def test_a_difference_within_rounding_is_silent():
    assert list(source_against_source(desk(rows("80.0", source=PAPER), rows("80", source=OTHER)))) == []


@pytest.mark.parametrize(
    "changes", [{"mode": "non_thinking"}, {"metric": "strict"}, {"unit": "fraction"}, {"items": 38}]
)
def test_what_was_measured_differently_is_not_compared(changes):
    plain = rows("80.0", source=PAPER, mode="thinking", metric="loose")
    other = rows("70.0", **({"source": OTHER, "mode": "thinking", "metric": "loose"} | changes))
    assert list(source_against_source(desk(plain, other))) == []


def test_a_difference_that_turns_an_order_round_says_so():
    own = table({"quiz": {"o": "79.1", "m": "80.1"}}, source=PAPER)
    found = only(source_against_source(desk(own, rows("78.0", source=OTHER))))
    assert found.severity == "minor"
    assert "the order against o turns round (paper: 80.1 → 78.0, o 79.1)" in found.says.en


def test_a_difference_known_second_hand_only_is_a_note():
    heard = source(id="heard", kind="third_party", party="third", read="second_hand")
    assert (
        only(source_against_source(desk(rows("80.0", source=PAPER), rows("70.0", source=heard)))).severity
        == "info"
    )


class TestStatements:
    def say(self, article: str, value: str, unit: str = "parameters", **changes):
        where = source(id=article, kind="press", party="third")
        return statement(source=where, value=value, unit=unit, kind="structure", quantity="q", **changes)

    def findings(self, *claims):
        return list(statement_against_statement(desk(*claims, subjects=[M])))

    def test_articles_that_agree_within_rounding_are_silent(self):
        assert self.findings(self.say("a", "5190억"), self.say("b", "519B")) == []

    def test_articles_that_differ_are_one_finding_on_all_of_them(self):
        claims = [self.say("a", "519B"), self.say("b", "500B"), self.say("c", "500B")]
        (found,) = self.findings(*claims)
        assert found.claims == ["a/s", "b/s", "c/s"]
        assert "500B parameters (b, c)" in found.arithmetic

    def test_things_that_are_counted_are_exact(self):
        assert self.findings(self.say("a", "14", "organisations"), self.say("b", "15", "organisations"))

    def test_only_the_pairs_that_differ_are_named(self):
        claims = [self.say("a", "519B"), self.say("b", "500B", hedge="about"), self.say("c", "400B")]
        (found,) = self.findings(*claims)
        assert "519B parameters (a) ≠ about" not in found.arithmetic

    def test_a_number_to_fewer_digits_is_a_note(self):
        (found,) = self.findings(self.say("a", "519B"), self.say("b", "500B"))
        assert found.severity == "info"

    def test_at_least_and_a_larger_number_agree(self):
        assert self.findings(self.say("a", "28", hedge="at_least"), self.say("b", "30")) == []

    def test_the_same_number_of_different_things_is_said(self):
        (found,) = self.findings(self.say("a", "28", "projects"), self.say("b", "28", "sites"))
        assert "The same number stands for different things" in found.says.en

    @pytest.mark.parametrize(
        ("first", "second", "silent"),
        [
            (("2026-01-15", "exact"), ("2026-01", "exact"), True),
            (("2026-01-15", "up_to"), ("2026-01-15", "exact"), True),
            (("2026-01-15", "less_than"), ("2026-01-15", "exact"), False),
            (("2026-01-15", "exact"), ("2025-12", "exact"), False),
            (("2026-01-15", "up_to"), ("2025-12", "exact"), True),
            (("2026-03-11", "less_than"), ("2026-03-10", "exact"), True),
            (("2026-01-15", "at_least"), ("2026-03-01", "exact"), True),
            (("2026", "up_to"), ("2026-03-01", "exact"), True),
        ],
    )
    def test_dates_are_compared_as_far_as_they_are_known(self, first, second, silent):
        a, b = self.say("a", first[0], "date", hedge=first[1]), self.say("b", second[0], "date", hedge=second[1])
        assert (self.findings(a, b) == []) is silent

    def test_names_are_compared_as_words(self):
        (found,) = self.findings(self.say("a", "VAETKI", "text"), self.say("b", "Varco", "text"))
        assert found.verdict == "undecided"
