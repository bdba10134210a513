import yaml

from harness.claims.ledger import load_claims
from harness.claims.skeleton import Draft, skeleton
from harness.records import Subject
from tests.examples import benchmark

WHO = {"m": Subject(id="m", name="M", weights="open"), "n": Subject(id="n", name="N", weights="open")}


def test_a_skeleton_is_valid_before_anything_is_filled_in(tmp_path):
    draft = Draft("my-card", "m", "model_card", 'The "card"', ["n"], ["quiz"])
    (tmp_path / "card.yaml").write_text(skeleton(draft))
    claims = load_claims(tmp_path, {"quiz": benchmark()}, {}, WHO)
    assert [claim.id for claim in claims] == ["my-card/results/quiz/m", "my-card/results/quiz/n", "my-card/size"]


def test_filling_in_a_cell_makes_a_claim(tmp_path):
    text = skeleton(Draft("my-card", "m", "model_card", "card", [], ["quiz"])).replace("{m: null}", '{m: "67.3"}')
    (tmp_path / "card.yaml").write_text(text)
    claims = load_claims(tmp_path, {"quiz": benchmark()}, {}, WHO)
    assert claims[0].value == "67.3"


def test_a_document_of_others_belongs_to_no_model():
    assert "of" not in yaml.safe_load(skeleton(Draft("a", "m", "press", "t", [], ["quiz"])))["source"]


def test_without_rows_there_is_no_table():
    assert "tables" not in yaml.safe_load(skeleton(Draft("a", "m", "press", "t", [], [])))
