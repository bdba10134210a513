"""The Korean multiple-choice benchmarks, on small items in the shapes of their origins."""

import unicodedata

import pytest

from harness.records import Protocol
from tests.tasks.conftest import graded, prompt
from tests.tasks.korean_rows import CASES


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def case(request):
    return request.param


def test_a_row_becomes_one_question_with_every_option_shown(case, task_on):
    loaded = task_on(case.benchmark, [case.row])
    doc = loaded.task.instances[0].doc
    sent = prompt(loaded)
    assert doc["options"] == case.options
    assert chr(ord("A") + doc["gold"]) == case.gold
    assert doc.get("part") == case.part
    assert case.asks in sent
    assert all(option in sent for option in case.options)
    assert loaded.stop == [] and loaded.num_fewshot == 0


def test_answers_are_scored_by_the_letter_they_settle_on(case, task_on):
    loaded = task_on(case.benchmark, [case.row])
    other = "B" if case.gold == "A" else "A"
    closing = case.closes.format
    beyond = chr(ord("A") + len(case.options))

    def both(text: str) -> tuple[float, float]:
        scores = graded(loaded, 0, text).scores
        return scores["accuracy,strict"], scores["accuracy,lenient"]

    right = f"{other}는 틀린 설명이다. 그러므로 남는 것은 하나다.\n{closing(case.gold)}"
    assert both(right) == (1.0, 1.0), "right"
    assert both(f"하나씩 살펴본다.\n{closing(other)}") == (0.0, 0.0), "wrong"
    assert both(f"{case.gold}는 그럴듯하고 {other}는") == (0.0, 0.0), "cut before the answer"
    assert both(f"{closing(other)}\n다시 보니 아니다.\n**{closing(case.gold)}**") == (1.0, 1.0), (
        "the last one counts"
    )
    assert both(unicodedata.normalize("NFD", right)) == (1.0, 1.0), "decomposed Hangul"
    assert both(closing(chr(ord(case.gold) + 0xFEE0))) == (1.0, 1.0), "a full-width letter"
    assert both(f"> {closing(case.gold)}\n라는 문장이 지문에 있다.\n{closing(other)}") == (0.0, 0.0), (
        "a quoted answer"
    )
    assert both(f"살펴보았다.\n{closing(beyond)}") == (0.0, 0.0), "a letter beyond the options"


@pytest.mark.parametrize("text", ["", "A를 보면 맞는 것 같고, B를 보면", "정답은", "모르겠습니다."])
def test_no_answer_is_unparsed(text, task_on):
    loaded = task_on("kobalt", [CASES["kobalt"].row])
    assert not graded(loaded, 0, text).parsed


def test_shuffled_options_keep_the_right_one(case, task_on):
    protocol = Protocol(id="test", max_tokens=64, stop=[], options="shuffled", base_seed=5)
    doc = task_on(case.benchmark, [case.row], protocol=protocol).task.instances[0].doc
    assert sorted(doc["options"]) == sorted(case.options)
    assert doc["options"][doc["gold"]] == case.options[ord(case.gold) - ord("A")]


def test_worked_examples_come_from_the_items_named_for_them(task_on):
    row = CASES["kmmlu"].row
    example = {**row, "question": "낮은 것은?", "answer": 1}
    loaded = task_on("kmmlu", [row], fewshot=[example], protocol=Protocol(id="test", max_tokens=64, num_fewshot=1))
    assert "낮은 것은?" in str(loaded.task.instances[0].args[0])
    assert "정답: A" in str(loaded.task.instances[0].args[0])


def test_kobalts_prompt_asks_for_the_makers_form_of_the_answer(task_on):
    sent = prompt(task_on("kobalt", [CASES["kobalt"].row]))
    assert CASES["kobalt"].row["Question"].strip() in sent
    assert "'정답은 X입니다.'" in sent


@pytest.mark.parametrize(
    ("answer", "strict", "lenient"),
    [
        ("생각해 보았다. 정답은 **J**입니다.", 1.0, 1.0),
        ("정답은 [J]입니다.", 1.0, 1.0),
        ("정답은 A입니다. 아니, 다시 보면 정답은 J입니다.", 1.0, 1.0),
        ("정답: J", 0.0, 1.0),
        ("정답은 A, J입니다.", 0.0, 0.0),
        ("정답은 A 또는 J", 0.0, 0.0),
    ],
)
def test_kobalts_strict_form_is_its_makers(answer, strict, lenient, task_on):
    scores = graded(task_on("kobalt", [CASES["kobalt"].row]), 0, answer).scores
    assert scores == {"accuracy,strict": strict, "accuracy,lenient": lenient}


def test_parts_with_columns_of_their_own_keep_them(task_on):
    cases = [case for case in CASES.values() if case.benchmark == "kbl"]
    docs = task_on("kbl", [case.row for case in cases]).task.eval_docs
    assert [doc["options"] for doc in docs] == [case.options for case in cases]
    assert [chr(ord("A") + doc["gold"]) for doc in docs] == [case.gold for case in cases]
