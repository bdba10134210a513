import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from harness.claims.ledger import load_claims
from harness.claims.problems import LedgerError
from harness.errors import UsageError
from harness.records import Subject
from harness.workflow.verdicts import load_ledger
from tests.examples import SOURCE, benchmark

KNOWN = {
    "quiz": benchmark(names=["Quiz", "The Quiz"]),
    "secret": benchmark(id="secret", names=["S"], access="closed"),
}
WHO = {
    "m": Subject(id="m", name="M", weights="open"),
    "other": Subject(id="other", name="Other Model", weights="closed"),
}


def load(folder: Path):
    return load_claims(folder, KNOWN, {}, WHO)


def write(folder: Path, name: str = "card.yaml", **changes):
    table = {"id": "table", "columns": ["m", "other"], "rows": {"quiz": {"m": "50.0", "other": "40"}}}
    data = {"source": SOURCE, "tables": [table]} | changes
    (folder / name).write_text(yaml.safe_dump(data))


def problems(folder: Path) -> list[str]:
    with pytest.raises(LedgerError) as caught:
        load(folder)
    return [problem.text() for problem in caught.value.problems]


def statement(**changes):
    data = {
        "id": "s",
        "locator": {"paragraph": 1},
        "kind": "structure",
        "model": "m",
        "value": "7B",
        "unit": "parameters",
        "says": {"en": "it has 7B", "ko": "7B다"},
        "lanes": ["desk"],
    }
    return data | changes


def test_every_cell_of_a_table_is_a_claim_with_an_id_by_rule(tmp_path):
    write(tmp_path)
    claims = load(tmp_path)
    assert [claim.id for claim in claims] == ["card/table/quiz/m", "card/table/quiz/other"]
    assert [claim.value for claim in claims] == ["50.0", "40"]
    assert claims[0].locator == {"table": "table", "row": "Quiz"}


def test_a_claim_says_in_both_languages_what_is_claimed(tmp_path):
    write(tmp_path)
    says = load(tmp_path)[1].says
    assert says.en == "Other Model scores 40 on Quiz"
    assert says.ko == "Other Model의 Quiz 점수는 40이다"


def test_names_as_printed_resolve_to_one_id(tmp_path):
    write(tmp_path, tables=[{"id": "t", "columns": ["other model"], "rows": {"THE QUIZ": {"other model": "50"}}}])
    (claim,) = load(tmp_path)
    assert claim.id == "card/t/quiz/other"


def test_two_spellings_of_one_row_are_a_problem(tmp_path):
    write(tmp_path, tables=[{"id": "t", "columns": ["m"], "rows": {"quiz": {"m": "50"}, "The Quiz": {"m": "51"}}}])
    assert "a second row for 'quiz'" in problems(tmp_path)[0]


def test_a_claim_knows_its_file_and_line(tmp_path):
    write(tmp_path)
    file, line = load(tmp_path)[0].at.rsplit(":", 1)
    assert file.endswith("card.yaml")
    assert "m: '50.0'" in (tmp_path / "card.yaml").read_text().splitlines()[int(line) - 1]


def test_a_dash_is_kept_and_cannot_be_tested(tmp_path):
    write(tmp_path, tables=[{"id": "t", "columns": ["m"], "rows": {"quiz": {"m": None}}}])
    (claim,) = load(tmp_path)
    assert claim.untestable == "a dash is printed, or the number is not known to us"


def test_cells_on_closed_weights_or_closed_items_say_why_no_run_can_test_them(tmp_path):
    write(tmp_path, tables=[{"id": "t", "columns": ["m", "other"], "rows": {"secret": {"m": "1", "other": "2"}}}])
    reasons = {claim.model: claim.untestable for claim in load(tmp_path)}
    assert reasons == {"m": "the item set is not public", "other": "the weights are not public"}


def test_claims_of_a_replaced_revision_say_so(tmp_path):
    write(tmp_path)
    write(tmp_path, "new.yaml", source={**SOURCE, "id": "card-2", "supersedes": "card"})
    standing = {claim.id: claim.standing for claim in load(tmp_path)}
    assert standing["card/table/quiz/m"] == "superseded"
    assert standing["card-2/table/quiz/m"] == "current"


def test_all_errors_of_all_files_stand_in_one_report_with_line_and_fix(tmp_path):
    write(tmp_path, tables=[{"id": "t", "columns": ["m"], "rows": {"quizz": {"m": "5O.0", "n": "1"}}}])
    (tmp_path / "broken.yaml").write_text("source: [")
    write(tmp_path, "typo.yaml", tabels=[])
    found = problems(tmp_path)
    expected = [
        ("broken.yaml:", "not readable as YAML"),
        ("card.yaml:", "'5O.0' is not a number as printed"),
        ("card.yaml:", "no column 'n'"),
        ("card.yaml:", "no benchmark record 'quizz'; fix: did you mean quiz"),
        ("typo.yaml:", "tabels: no such key; fix: did you mean tables"),
    ]
    for place, words in expected:
        assert any(place in text and words in text for text in found), (place, words, found)
    assert all("fix: " in text for text in found)


def test_a_problem_names_the_line_it_stands_on(tmp_path):
    lines = [
        "source: {id: card, kind: model_card, party: first, title: A card}",
        "tables:",
        "  - id: t",
        "    columns: [m]",
        "    rows:",
        '      quiz: {m: "fifty"}',
    ]
    (tmp_path / "card.yaml").write_text("\n".join(lines))
    assert "card.yaml:6: tables.0.rows.quiz.m: 'fifty' is not a number" in problems(tmp_path)[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "nobody"}, "no model or subject 'nobody'"),
        ({"kind": "ratio", "unit": "percent"}, "a ratio needs `comparators`"),
        ({"comparators": ["nobody"]}, "no model or subject 'nobody'"),
        ({"benchmark": "quizz"}, "no benchmark record 'quizz'"),
        ({"locator": {}}, "locator"),
        ({"value": 7}, "7 is not quoted"),
        ({"value": "7,00B"}, "commas part thousands"),
        ({"lanes": []}, "untestable"),
        ({"kind": "sructure"}, "is not a valid word"),
        ({"unit": "text", "quantity": "parameters_total"}, "a size without its unit"),
        ({"value": "–"}, "write null for a printed dash"),
        ({"value": "9e999999999"}, "too large"),
        ({"over": {"operands": ["card/s"]}}, "a ratio has two operands"),
        ({"readings": [{"quantity": "kv_cache_share"}]}, "no baseline"),
        ({"unit": "parameter"}, "no unit 'parameter'; fix: did you mean parameters"),
        ({"capability": "knowlege"}, "no capability 'knowlege'; fix: did you mean knowledge"),
        ({"quantity": "parameter_total"}, "no size 'parameter_total'; fix: did you mean parameters_total"),
        ({"mode": "non-thinking"}, "is not a valid word"),
        ({"over": {"rows": ["quizz"]}}, "no benchmark record 'quizz'"),
        ({"readings": [{"quantity": "kv_cashe_share"}]}, "no reading 'kv_cashe_share'"),
        ({"readings": [{"quantity": "kv_cache_share", "against": "nobody"}]}, "no baseline 'nobody'"),
        ({"readings": [{"quantity": "gpus", "gpu": "h200", "dtype": "bfloat16"}]}, "no GPU 'h200'"),
        ({"over": {"tables": ["card/none"]}}, "no such table: 'card/none'"),
        ({"over": {"operands": ["card/x", "card/y"]}}, "no such claim: 'card/x'"),
    ],
)
def test_a_bad_statement_is_named_with_what_is_wrong(tmp_path, change, words):
    write(tmp_path, tables=[], statements=[statement(**change)])
    assert any(words in text for text in problems(tmp_path))


def test_a_dropped_cell_is_a_problem(tmp_path):
    write(tmp_path, tables=[{"id": "t", "columns": ["m", "other"], "rows": {"quiz": {"m": "50"}}}])
    assert "no cell for other; fix: write null for a printed dash" in problems(tmp_path)[0]


def test_two_spellings_of_one_column_are_a_problem(tmp_path):
    rows = {"quiz": {"m": "50", "M": "60"}}
    write(tmp_path, tables=[{"id": "t", "columns": ["m", "M"], "rows": rows}])
    assert any("two columns mean the same model" in text for text in problems(tmp_path))


def test_a_date_that_is_none_is_a_problem(tmp_path):
    write(tmp_path, source={**SOURCE, "date": "yesterday"})
    assert "source.date" in problems(tmp_path)[0]


@pytest.mark.parametrize("text", ["source: {date: 2026-13-45}", "source: &a [*a]", "", "source: null", "- a"])
def test_a_file_that_makes_no_sense_is_a_problem_not_a_crash(tmp_path, text):
    (tmp_path / "card.yaml").write_text(text)
    assert all("card.yaml:" in line for line in problems(tmp_path))


def test_a_source_that_replaces_itself_is_a_problem(tmp_path):
    write(tmp_path, source={**SOURCE, "supersedes": "card"})
    assert "a source replaces itself" in problems(tmp_path)[0]


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="a folder of claims"):
        load(tmp_path / "none")


def test_a_key_that_is_no_word_is_a_problem(tmp_path):
    (tmp_path / "card.yaml").write_text("? [a, b]\n: 1\n")
    assert "a key must be a word" in problems(tmp_path)[0]


def test_a_missing_locator_is_a_problem(tmp_path):
    without = {key: value for key, value in statement().items() if key != "locator"}
    write(tmp_path, tables=[], statements=[without])
    assert "statements.0.locator: the key is missing; fix: add `locator:`" in problems(tmp_path)[0]


def test_an_unquoted_cell_is_a_problem_that_says_to_quote_it(tmp_path):
    write(tmp_path, tables=[{"id": "t", "columns": ["m"], "rows": {"quiz": {"m": 50.0}}}])
    assert 'write "50.0" as printed' in problems(tmp_path)[0]


def test_a_key_that_stands_twice_is_a_problem(tmp_path):
    write(tmp_path)
    text = (tmp_path / "card.yaml").read_text()
    (tmp_path / "card.yaml").write_text(re.sub(r"( +)quiz:", r"\1quiz: {m: '9'}\n\1quiz:", text))
    assert any("the key 'quiz' stands twice" in line for line in problems(tmp_path))


def test_a_source_used_twice_is_a_problem_that_names_the_other_file(tmp_path):
    write(tmp_path)
    write(tmp_path, "copy.yaml")
    assert "the source 'card' exists already in" in problems(tmp_path)[0]


def test_a_source_that_replaces_an_unknown_one_is_a_problem(tmp_path):
    write(tmp_path, source={**SOURCE, "supersedes": "crad"})
    assert "no source 'crad'; fix: did you mean card?" in problems(tmp_path)[0]


def test_a_reply_of_the_maker_is_kept(tmp_path):
    reply = {
        "by": "Maker",
        "date": "2026-02-01",
        "url": "https://example.org",
        "says": {"en": "no", "ko": "아니다"},
    }
    write(tmp_path, tables=[], statements=[statement(reply=reply)])
    (claim,) = load(tmp_path)
    assert claim.reply is not None
    assert claim.reply.by == "Maker"


class TestTheProjectsLedger:
    claims = load_ledger().claims

    def test_it_holds_what_the_makers_and_the_articles_printed(self):
        by_id = {claim.id: claim for claim in self.claims}
        assert by_id["smollm2-card/parameters"].number == 135e6
        assert by_id["k-exaone-readme-2026-02-06/reasoning/kmmlu_pro/k_exaone_236b"].value == "67.3"
        assert by_id["press-herald-2025-12-29/a004-s05"].number == 519e9
        assert by_id["smollm2-card-earlier/instruct/mt_bench/smollm2_135m"].standing == "superseded"

    def test_every_team_of_the_programme_has_claims(self):
        counts = Counter(claim.model for claim in self.claims)
        teams = ["hyperclova_x_seed_think_32b", "solar_open_100b", "a_x_k1", "k_exaone_236b", "vaetki_100b"]
        assert all(counts[model] > 15 for model in teams)

    def test_every_claim_is_said_in_korean_too(self):
        assert not [c.id for c in self.claims if not any("가" <= letter <= "힣" for letter in c.says.ko)]

    def test_every_claim_has_a_place_in_its_source(self):
        assert all(claim.locator for claim in self.claims)

    def test_every_claim_has_a_lane_or_a_reason(self):
        assert all(claim.lanes or claim.untestable for claim in self.claims)
