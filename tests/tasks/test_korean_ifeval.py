"""IFEval-Ko: the prompts as published, the checkers made fit for Korean."""

import unicodedata

import pytest

from harness.errors import HarnessError
from tests.tasks.conftest import graded, prompt


def row(*instructions: tuple[str, dict[str, object]]) -> dict[str, object]:
    """Return a row as the hub has it: every instruction's values stand in all columns, most of them empty."""
    columns = {"language": None, "num_words": None, "keywords": None, "frequency": None, "relation": None}
    return {
        "key": 7,
        "prompt": "글을 쓰세요.",
        "instruction_id_list": [name for name, _ in instructions],
        "kwargs": [{**columns, **values} for _, values in instructions],
    }


def strict(task_on, instruction: str, values: dict[str, object], answer: str) -> float:
    loaded = task_on("ifeval_ko", [row((instruction, values))])
    return graded(loaded, 0, answer).scores["prompt_level_strict_acc"]


LESS_THAN_4 = {"num_words": 4, "relation": "less than"}
THREE = {"num_sentences": 3, "relation": "at least"}
SENTENCES = "length_constraints:number_sentences"
WORDS = "length_constraints:number_words"
FORBIDDEN = "keywords:forbidden_words"
FIRST = "length_constraints:nth_paragraph_first_word"
SECOND_OF_2 = {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "회사"}


@pytest.mark.parametrize(
    ("instruction", "values", "answer", "kept"),
    [
        (WORDS, LESS_THAN_4, "「그」는 3.5%의 이자를", 1.0),
        (WORDS, LESS_THAN_4, "그는 이자를 많이 받았다", 0.0),
        (SENTENCES, THREE, "비가 왔다. 그래서 젖었다! 추웠니?", 1.0),
        (SENTENCES, THREE, "비가 왔다. “젖었다.” 그리고 추웠다", 1.0),
        (SENTENCES, THREE, "이자는 3.5%다. 많다", 0.0),
        (SENTENCES, THREE, "가. 비가 온다\n나. 젖는다\n1. 춥다", 0.0),
        (SENTENCES, THREE, "Dr. 김과 J. K. 롤링이 왔다. 반가웠다.", 0.0),
        (SENTENCES, THREE, "네. 왔다.\n네. 갔다.", 1.0),
        (FORBIDDEN, {"forbidden_words": ["사과"]}, "배를 먹었다.", 1.0),
        (FORBIDDEN, {"forbidden_words": ["사과"]}, "사과를 먹었다.", 0.0),
        (FORBIDDEN, {"forbidden_words": ["art"]}, "article을 읽었다.", 1.0),
        (FORBIDDEN, {"forbidden_words": ["art"]}, "Art를 보았다.", 0.0),
        (FORBIDDEN, {"forbidden_words": ["진"]}, "사진을 찍었다.", 1.0),
        (FIRST, SECOND_OF_2, "첫 단락.\n\n회사는 크다.", 1.0),
        (FIRST, SECOND_OF_2, "회사는 크다.\n\n둘째 단락.", 0.0),
        (FIRST, SECOND_OF_2, "첫 단락.\n\n\n\n회사는 크다.\n\n셋째.", 0.0),
        ("detectable_format:constrained_response", {}, "제 답변은 아마도입니다.", 1.0),
        ("detectable_format:constrained_response", {}, "My answer is maybe.", 0.0),
        ("language:response_language", {"language": "ko"}, "오늘은 날씨가 맑고 바람이 분다.", 1.0),
        ("language:response_language", {"language": "ko"}, "The weather is fine and the wind blows today.", 0.0),
        ("language:response_language", {"language": "ko"}, "12345 !!!", 0.0),
        ("keywords:existence", {"keywords": ["바다"]}, unicodedata.normalize("NFD", "바다를 보았다."), 1.0),
        ("punctuation:no_comma", {}, "산과 바다를 보았다.", 1.0),
        ("punctuation:no_comma", {}, "산, 바다를 보았다.", 0.0),
        ("startend:end_checker", {"end_phrase": "감사합니다."}, "보냅니다. 감사합니다.", 1.0),
        ("startend:end_checker", {"end_phrase": "감사합니다."}, "감사합니다. 보냅", 0.0),
    ],
)
def test_an_instruction_is_checked_in_korean(instruction, values, answer, kept, task_on):
    assert strict(task_on, instruction, values, answer) == kept


TWO = (("keywords:existence", {"keywords": ["바다"]}), ("punctuation:no_comma", {}))


@pytest.mark.parametrize(
    ("answer", "scores"),
    [
        ("바다를 보았다.", (1.0, [1.0, 1.0], 1.0, [1.0, 1.0])),
        ("네, 쓰겠습니다.\n바다를 보았다.", (0.0, [1.0, 0.0], 1.0, [1.0, 1.0])),
        ("산을 보았다.", (0.0, [0.0, 1.0], 0.0, [0.0, 1.0])),
        ("", (0.0, [0.0, 0.0], 0.0, [0.0, 0.0])),
        ("'바'로 시작하고 '다'로 끝나는 낱말, 쉼표 없이", (0.0, [0.0, 0.0], 0.0, [0.0, 0.0])),
    ],
    ids=["right", "right after its first line", "wrong", "nothing", "talks about the instructions"],
)
def test_all_four_rates_are_reported(answer, scores, task_on):
    loaded = task_on("ifeval_ko", [row(*TWO)])
    assert prompt(loaded) == "글을 쓰세요."
    names = [f"{level}_level_{way}_acc" for way in ("strict", "loose") for level in ("prompt", "inst")]
    assert graded(loaded, 0, answer).scores == dict(zip(names, scores, strict=True))


def test_a_value_that_is_missing_is_an_error_and_not_drawn(task_on):
    with pytest.raises(HarnessError, match="none for num_words"):
        strict(task_on, WORDS, {"relation": "less than"}, "글")
