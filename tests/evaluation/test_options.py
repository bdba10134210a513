import datasets
from hypothesis import given
from hypothesis import strategies as st

from harness.evaluation.options import shuffled

CHOICES = st.lists(st.text(max_size=5), min_size=1, max_size=10).flatmap(
    lambda options: st.tuples(st.just(options), st.integers(0, len(options) - 1))
)


def docs(items):
    return datasets.Dataset.from_list(
        [{"question": str(i), "options": o, "gold": g} for i, (o, g) in enumerate(items)]
    )


@given(st.lists(CHOICES, min_size=1, max_size=3), st.integers(0, 9))
def test_shuffling_keeps_the_choices_and_the_right_one(items, seed):
    found = shuffled(None, seed, "here")(docs(items))
    for (options, gold), doc in zip(items, found, strict=True):
        assert sorted(doc["options"]) == sorted(options)
        assert doc["options"][doc["gold"]] == options[gold]


def test_the_order_is_the_same_every_time_and_another_under_another_seed():
    items = docs([([*"ABCDEFGH"], 2)] * 20)
    once, twice = (shuffled(None, 1, "here")(items)["options"] for _ in range(2))
    assert list(once) == list(twice)
    assert list(once) != list(shuffled(None, 2, "here")(items)["options"])
