from pathlib import Path

import pytest
import yaml

from harness.claims.ledger import load_claims
from harness.errors import UsageError
from harness.workflow.verdicts import load_ledger
from tests.examples import SOURCE, benchmark

KNOWN = {"quiz": benchmark()}


def write(folder: Path, name: str = "card.yaml", **changes):
    table = {"id": "table", "columns": ["m", "other"], "rows": {"quiz": {"m": "50.0", "other": "40"}}}
    data = {"source": SOURCE, "tables": [table]} | changes
    (folder / name).write_text(yaml.safe_dump(data))


def test_every_cell_of_a_table_is_a_claim_with_an_id_by_rule(tmp_path):
    write(tmp_path)
    claims = load_claims(tmp_path, KNOWN, {})
    assert [claim.id for claim in claims] == ["card/table/quiz/m", "card/table/quiz/other"]
    assert [claim.value for claim in claims] == ["50.0", "40"]
    assert claims[0].locator == {"table": "table", "row": "quiz"}


def test_a_dash_is_kept_and_cannot_be_tested(tmp_path):
    write(tmp_path, tables=[{"id": "t", "columns": ["m"], "rows": {"quiz": {"m": None}}}])
    (claim,) = load_claims(tmp_path, KNOWN, {})
    assert claim.untestable == "the source printed a dash"


def test_claims_of_a_replaced_revision_say_so(tmp_path):
    write(tmp_path)
    write(tmp_path, "new.yaml", source={**SOURCE, "id": "card-2", "supersedes": "card"})
    standing = {claim.id: claim.standing for claim in load_claims(tmp_path, KNOWN, {})}
    assert standing["card/table/quiz/m"] == "superseded"
    assert standing["card-2/table/quiz/m"] == "current"


def test_all_errors_of_all_files_stand_in_one_report(tmp_path):
    write(tmp_path, tables=[{"id": "t", "columns": ["m"], "rows": {"quizz": {"m": "5O.0", "n": "1"}}}])
    (tmp_path / "broken.yaml").write_text("source: [")
    write(tmp_path, "typo.yaml", tabels=[])
    with pytest.raises(UsageError) as caught:
        load_claims(tmp_path, KNOWN, {})
    text = caught.value.text()
    for words in ("broken.yaml: not readable", "typo.yaml: tabels", "not a number", "no column 'n'"):
        assert words in text


def test_an_unknown_benchmark_names_the_nearest_one(tmp_path):
    write(tmp_path, tables=[{"id": "t", "columns": ["m"], "rows": {"quizz": {"m": "50"}}}])
    with pytest.raises(UsageError, match="did you mean quiz"):
        load_claims(tmp_path, KNOWN, {})


def test_an_id_used_twice_is_an_error(tmp_path):
    write(tmp_path)
    write(tmp_path, "copy.yaml")
    with pytest.raises(UsageError, match="used twice: card/table/quiz/m"):
        load_claims(tmp_path, KNOWN, {})


def test_the_ledger_of_the_project_loads():
    claims = load_ledger().claims
    by_id = {claim.id: claim for claim in claims}
    assert by_id["smollm2-card/parameters"].number == 135e6
    ifeval = by_id["smollm2-card/instruct/ifeval/smollm2_135m"]
    assert ifeval.value == "29.9"
    assert ifeval.says.en.startswith("SmolLM2-135M-Instruct scores 29.9 on IFEval")
    assert by_id["smollm2-card-earlier/instruct/mt_bench/smollm2_135m"].standing == "superseded"
