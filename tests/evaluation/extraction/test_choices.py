import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evaluation.extraction.choices import lenient, strict
from tests.evaluation.extraction.answers import CITIES, ENGLISH, ENGLISH_FORMS, KOREAN, NO, OTHERS

CASES = [
    *((CITIES, *case) for case in KOREAN),
    *((ENGLISH, *case) for case in ENGLISH_FORMS),
    *OTHERS,
]
LETTERS = st.sampled_from("ABCDE")


def read(text, options=CITIES):
    docs = [{"options": options}]
    return next(strict([[text]], docs))[0], next(lenient([[text]], docs))[0]


@pytest.mark.parametrize(("options", "text", "by_strict", "by_lenient"), CASES, ids=[repr(c[1]) for c in CASES])
def test_an_answer_is_read_as_a_reader_would(options, text, by_strict, by_lenient):
    assert read(text, options) == (by_strict, by_lenient)


@pytest.mark.parametrize(("options", "text", "by_strict", "by_lenient"), CASES[:60:6])
def test_the_composition_of_the_characters_makes_no_difference(options, text, by_strict, by_lenient):
    assert read(unicodedata.normalize("NFD", text), options) == (by_strict, by_lenient)


@given(st.text(max_size=200), LETTERS)
def test_whatever_stands_before_it_the_last_line_that_was_asked_for_counts(before, letter):
    assert read(f"{before}\n정답: {letter}") == (letter, letter)


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=10))
def test_any_text_gives_a_letter_of_the_options_or_none(text, options):
    allowed = {chr(65 + i) for i in range(len(options))} | {NO}
    assert set(read(text, options)) <= allowed


@given(
    st.lists(st.sampled_from(["A", "B는", "C가", "보기", "살펴보면", "그래서", "a", "I"]), min_size=2, max_size=20)
)
def test_a_letter_that_merely_occurs_is_no_answer(words):
    assert read(" ".join([*words, "아직 알 수 없다"])) == (NO, NO)


@pytest.mark.parametrize(
    "text",
    [
        "정답은 " * 2_000_000,
        "(" * 5_000_000 + "B",
        "정답: A, " * 1_000_000,
        '"정답' * 2_000_000,
        "\\boxed{" * 1_500_000,
        "A\n" * 5_000_000,
        "\u0301\u0323" * 5_000_000,
        "*" * 10_000_000,
        "A와 " * 2_000_000,
        " " * 10_000_000,
    ],
    ids=range(10),
)
def test_ten_megabytes_of_anything_are_read_to_an_end(text):
    assert set(read(text)) <= {*"ABCDE", NO}


def test_the_answer_is_found_at_the_end_of_ten_megabytes():
    assert read("생각 " * 5_000_000 + "\n정답: D") == ("D", "D")
