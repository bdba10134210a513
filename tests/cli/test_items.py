"""`harness items` on a small hand-made benchmark."""

import hashlib
import json
import shutil

import pytest

from harness.config.settings import Project, project
from harness.evaluation import lm_tasks

PASSAGE = "옛날 어느 마을에 살던 사람이 아침마다 강가에 나가 물을 긷고 나무를 심고 새들에게 먹이를 주었다."
ROWS = [
    {"question": f"{PASSAGE} 그는 무엇을 심었나?", "options": ["나무", "꽃", "벼"], "gold": 0},
    {"question": f"{PASSAGE} 그는 어디로 나갔나?", "options": ["산", "강가", "들"], "gold": 1},
    {"question": "가장 큰 수는?", "options": ["1", "2", "3"], "gold": 2},
    {"question": "가장  큰 수는? ", "options": ["3", "2", "1"], "gold": 1},
    {"question": "빈 보기가 있는 것은?", "options": ["가", " ", "다"], "gold": 0},
    {"question": "정답이 없는 것은?", "options": ["가", "나", "나"], "gold": 7},
]
RECORD = """
id: quiz
names: [Quiz]
capability: [korean]
items: 6
access: public
data: {{folder: quiz.jsonl, root: data, sha256: {sha256}}}
fewshot: {{folder: examples.jsonl, root: data}}
task: quiz
score: {{metric: "accuracy,strict"}}
licence: MIT
redistribution: free
"""
TASK = """
include: ../_choices_ko.yaml
task: quiz
"""


@pytest.fixture
def quiz(tmp_path, monkeypatch):
    """A project with one benchmark more; returns the folder of its items."""
    own = project()
    shutil.copytree(own.configs, tmp_path / "configs")
    shutil.copytree(own.tasks, tmp_path / "tasks")
    data = tmp_path / "data"
    data.mkdir()
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
    (data / "quiz.jsonl").write_text(text)
    (data / "examples.jsonl").write_text(json.dumps(ROWS[2], ensure_ascii=False) + "\n")
    record = RECORD.format(sha256=hashlib.sha256(text.encode()).hexdigest())
    (tmp_path / "configs" / "benchmark" / "quiz.yaml").write_text(record)
    (tmp_path / "tasks" / "quiz").mkdir()
    (tmp_path / "tasks" / "quiz" / "quiz.yaml").write_text(TASK)
    monkeypatch.setattr(Project, "configs", tmp_path / "configs")
    monkeypatch.setattr(Project, "tasks", tmp_path / "tasks")
    monkeypatch.setenv("HARNESS_DATA", str(data))
    lm_tasks._manager.cache_clear()
    yield data
    lm_tasks._manager.cache_clear()


def test_what_is_wrong_with_the_items_is_named_by_their_ids(quiz, harness):
    code, out, _ = harness("items", "benchmark=quiz", "--json")
    assert code == 0
    [one] = json.loads(out)["benchmarks"]
    found = one["found"]
    assert (one["benchmark"], one["origin"], len(one["data_sha256"])) == ("quiz", "$HARNESS_DATA/quiz.jsonl", 64)
    assert found["items"] == 6
    assert found["duplicates"] == [["quiz/00002", "quiz/00003"]]
    assert found["contradictory"] == [["quiz/00002", "quiz/00003"]]
    assert found["overlapping"] == [["quiz/00000", "quiz/00001"]]
    assert found["in_examples"] == ["quiz/00002", "quiz/00003"]
    assert found["empty_options"] == ["quiz/00004"]
    assert (found["gold_missing"], found["same_options"]) == (["quiz/00005"], ["quiz/00005"])
    assert found["gold_letters"] == {"A": 2, "B": 2, "C": 1}
    assert found["short"] == 4


def test_the_data_hash_is_of_what_the_protocol_shows_examples_only_where_it_has_some(quiz, harness):
    _, out, _ = harness("items", "benchmark=quiz", "--json")
    _, with_examples, _ = harness("items", "benchmark=quiz", "protocol.num_fewshot=1", "--json")
    hashes = [json.loads(text)["benchmarks"][0]["data_sha256"] for text in (out, with_examples)]
    assert hashes[0] != hashes[1]


def test_no_text_of_an_item_is_printed(quiz, harness):
    for form in ([], ["--json"]):
        _, out, _ = harness("items", "benchmark=qui*", *form)
        assert "quiz/00003" in out
        assert not any(word in out for row in ROWS for word in row["question"].split())


def test_items_that_differ_from_the_pinned_ones_are_said_and_fail(quiz, harness):
    (quiz / "quiz.jsonl").write_text(json.dumps(ROWS[0]) + "\n")
    code, out, _ = harness("items", "benchmark=quiz")
    assert code == 1
    assert "quiz: not looked at" in out
    assert "SHA-256" in out


def test_items_are_looked_at_although_their_examples_cannot_be_had(quiz, harness):
    (quiz / "examples.jsonl").unlink()
    code, out, _ = harness("items", "benchmark=quiz", "--json")
    [one] = json.loads(out)["benchmarks"]
    assert code == 0
    assert (one["found"]["items"], one["found"]["examples"]) == (6, 0)
    assert "examples could not be had" in one["problem"]


def test_a_pattern_that_no_benchmark_fits_is_wrong_use(harness):
    code, _, err = harness("items", "benchmark=quizz")
    assert code == 2
    assert "quizz" in err


def test_the_items_of_a_suite_are_looked_at(harness):
    code, out, _ = harness("items", "suite=demo")
    assert code == 0
    assert "humaneval" in out and "ifbench_294" in out
