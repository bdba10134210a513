import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evaluation.language import language, language_rate
from tests.examples import sample

KOREAN = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2)
ENGLISH = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("정답: B", "ko"),
        ("답은 3번입니다.", "ko"),
        ("GPU는 CPU보다 빠르다", "ko"),
        ("ㄱ, ㄴ 모두 옳다", "ko"),
        ("Answer: B", "en"),
        ("The answer is 서울, because it is the capital.", "en"),
        ("ＡＮＳＷＥＲ", "en"),
        ("答案是第二个选项", "other"),
        ("정답은 二番입니다", "ko"),
        ("Ответ второй", "other"),
        ("B", "none"),
        ("Ｂ", "none"),
        ("③", "none"),
        ("42", "none"),
        ("x = 3, y = 4", "none"),
        ("", "none"),
        (r"\boxed{\text{sine}}", "none"),
        (r"$\sin x + cosine$ 이므로 답이다", "ko"),
        (r"\[ area = width \times height \]", "none"),
        ("다음 함수이다.\n```python\ndef area(width, height):\n    return width * height\n```", "ko"),
        ("```python\ndef area(width, height):\n    return wid", "none"),
        ("`print` 함수", "ko"),
        ("https://example.org/some/long/address 참고", "ko"),
    ],
)
def test_the_language_of_an_answer_is_that_of_most_of_its_words(text, expected):
    assert language(text) == expected


@given(st.text())
def test_how_letters_are_composed_does_not_change_the_language(text):
    assert language(unicodedata.normalize("NFD", text)) == language(unicodedata.normalize("NFC", text))


@given(KOREAN)
def test_text_in_syllables_only_is_korean(text):
    assert language(text) == "ko"


@given(ENGLISH, ENGLISH)
def test_code_in_a_korean_answer_does_not_count(code, more):
    assert language(f"답이다\n```\n{code} {more}\n```") == "ko"


@pytest.mark.parametrize("opening", ["```", "`", "$$", "$", r"\[", r"\(", r"\boxed{", "{", "\\", "http://"])
def test_an_answer_that_repeats_itself_for_ever_is_read_all_the_same(opening):
    # Would not end in a test's time if each opening were searched for its end anew.
    assert language(opening * 300_000) in ("none", "en")
    assert language(f"{opening} 가 " * 100_000) in ("none", "ko", "en")


def test_the_rate_is_of_the_answers_that_hold_words():
    texts = ["정답: A", "정답: B", "Answer: C", "D", ""]
    assert language_rate(sample(i, text=text) for i, text in enumerate(texts)) == pytest.approx(1 / 3)


def test_thoughts_in_another_language_do_not_count():
    assert language_rate([sample(text="정답: A", reasoning="The user asks about history.")]) == 0.0


def test_without_a_single_word_there_is_no_rate():
    assert language_rate([sample(text="B"), sample(1, text="")]) is None
