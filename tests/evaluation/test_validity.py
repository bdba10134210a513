from collections import defaultdict
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evaluation.ngrams import COMMON, EDGE, N, overlap, words
from harness.evaluation.validity import Item, validate

FOUR = ("가", "나", "다", "라")
SENTENCE = "one two three four five six seven eight nine ten eleven twelve thirteen"


def item(
    number: int, text: str = "", options: tuple[str, ...] = FOUR, gold: int | None = 0, answer: str = ""
) -> Item:
    return Item(f"quiz/{number:05d}", text or f"question {number}", options, gold, answer)


def by_hand(texts: list[str]) -> list[list[int]]:
    """The same groups by sets of word tuples, one merge at a time."""
    runs, edges = holders(texts, N), holders(texts, EDGE)
    group = {number: {number} for number in range(len(texts))}
    for run, members in runs.items():
        ends = (run[:EDGE], run[-EDGE:])
        if len(members) <= COMMON and all(len(edges[end]) <= COMMON for end in ends):
            for one, other in combinations(sorted(members), 2):
                merged = group[one] | group[other]
                for member in merged:
                    group[member] = merged
    return sorted({tuple(sorted(members)) for members in group.values() if len(members) > 1})


def holders(texts: list[str], length: int) -> dict[tuple[str, ...], set[int]]:
    found: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, text in enumerate(texts):
        split = words(text)
        for start in range(len(split) - length + 1):
            found[tuple(split[start : start + length])].add(number)
    return found


@given(st.lists(st.lists(st.sampled_from(["가", "나", "c"]), max_size=30).map(" ".join), max_size=30))
def test_groups_that_share_thirteen_words_are_those_found_by_hand(texts):
    assert [tuple(group) for group in overlap(texts).groups] == by_hand(texts)


@given(st.lists(st.text(max_size=200), max_size=8))
def test_an_example_that_is_an_item_overlaps_when_it_is_long_enough(texts):
    found = overlap(texts, texts)
    long = [number for number, text in enumerate(texts) if len(words(text)) >= N]
    assert found.examples == long
    assert found.short == len(texts) - len(long)


def test_letter_case_spaces_and_punctuation_do_not_hide_an_overlap():
    other = "One, two three\nFOUR  five six: seven eight nine ten 'eleven' twelve thirteen!"
    assert overlap([SENTENCE, other, "something else"]).groups == [[0, 1]]


def test_twelve_shared_words_are_no_overlap_nor_is_a_run_across_two_items():
    twelve = SENTENCE.rsplit(" ", 1)[0]
    assert overlap([f"{twelve} x", f"{twelve} y"]).groups == []
    first, second = SENTENCE.split(" seven")
    assert overlap([first, f"seven{second}", SENTENCE]).groups == []


def test_a_phrase_of_the_whole_benchmark_is_no_overlap():
    texts = [f"{SENTENCE} {number}" for number in range(COMMON + 1)]
    assert overlap(texts, [SENTENCE]) == overlap(texts) != overlap(texts[1:])
    assert overlap(texts[1:]).groups == [list(range(COMMON))]


def test_fixed_words_of_a_prompt_do_not_make_items_alike():
    fixed = "read the question with care and give the answer in one line question"
    texts = [f"{fixed} same own{number} and" for number in range(COMMON + 1)]
    assert overlap([*texts, f"{fixed} same other0", f"{fixed} same other1"]).groups == []
    passage = [f"{fixed} {SENTENCE} {number}" for number in range(2)]
    assert overlap([*texts, *passage]).groups == [[COMMON + 1, COMMON + 2]]


def test_two_items_that_ask_the_same_are_duplicates_in_whatever_order_their_choices_come():
    items = [item(0, "어느  것?"), item(1, "어느 것? ", FOUR[::-1], 3), item(2, "어느 것?", (*FOUR[:3], "마"))]
    found = validate(items)
    assert found.duplicates == [["quiz/00000", "quiz/00001"]]
    assert found.contradictory == []


def test_duplicates_with_different_right_answers_contradict_each_other():
    assert validate([item(0, "x"), item(1, "x", gold=2)]).contradictory == [["quiz/00000", "quiz/00001"]]
    free = [item(number, "x", (), None, answer) for number, answer in enumerate(("3", "4"))]
    assert validate(free).contradictory == [["quiz/00000", "quiz/00001"]]


def test_signs_tell_items_and_choices_apart():
    found = validate([item(0, "2 + 3?", ("x", "X")), item(1, "2 - 3?", ("x^2", "x2"))])
    assert (found.duplicates, found.same_options) == ([], [])


@pytest.mark.parametrize("gold", [-1, 4, None])
def test_a_right_answer_outside_the_choices_is_found(gold):
    found = validate([item(0), item(1, gold=gold)])
    assert found.gold_missing == ["quiz/00001"]
    assert found.gold_letters == {"A": 1}


def test_empty_and_equal_choices_are_found():
    found = validate([item(0, options=("가", " ", "다")), item(1, options=("가", "가 ", "다"))])
    assert (found.empty_options, found.same_options) == (["quiz/00000"], ["quiz/00001"])
    assert found.gold_twice == ["quiz/00001"]
    assert validate([item(0, options=("가", "나", "나"))]).gold_twice == []


def test_always_the_commonest_letter_has_an_accuracy():
    found = validate([item(number, gold=gold) for number, gold in enumerate((0, 2, 2, 1))])
    assert found.gold_letters == {"A": 1, "B": 1, "C": 2}
    assert found.one_letter == pytest.approx(0.5)


def test_an_item_among_the_examples_is_found_even_when_it_is_short():
    found = validate([item(0, "short"), item(1), item(2, SENTENCE)], [item(9, "Short"), item(8, f"x {SENTENCE}")])
    assert found.in_examples == ["quiz/00000", "quiz/00002"]
    assert (found.examples, found.short) == (2, 2)


def test_items_with_free_answers_have_no_letters():
    found = validate([item(0, options=(), gold=None, answer="12")])
    assert (found.gold_letters, found.one_letter, found.gold_missing) == ({}, None, [])


def test_no_items_are_no_findings():
    assert validate([]).items == 0
