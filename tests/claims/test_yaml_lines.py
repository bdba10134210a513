import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.claims.yaml_lines import DuplicateKeyError, line_of, read_yaml

KEYS = st.text("abcdef", min_size=1, max_size=4)
TREES = st.recursive(
    st.text("xyz", min_size=1, max_size=3) | st.none() | st.integers(0, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(TREES)
def test_the_data_is_what_plain_yaml_reads(tree):
    text = yaml.safe_dump(tree)
    assert read_yaml(text)[0] == yaml.safe_load(text)


@given(st.dictionaries(KEYS, st.dictionaries(KEYS, st.integers(0, 9), min_size=1), min_size=1))
def test_every_key_is_found_on_its_line(tree):
    text = yaml.safe_dump(tree, default_flow_style=False)
    _, lines = read_yaml(text)
    for outer, inner in tree.items():
        for key, value in inner.items():
            assert yaml.safe_load(text.splitlines()[lines[outer, key] - 1]) == {key: value}


def test_a_key_that_stands_twice_is_an_error_with_both_lines():
    with pytest.raises(DuplicateKeyError, match=r"'a' stands twice \(first on line 1") as caught:
        read_yaml("a: 1\nb: 2\na: 3\n")
    assert caught.value.line == 3


def test_anchors_and_merges_are_read_as_yaml_means_them():
    data, _ = read_yaml("a: &x {k: 1}\nb: {<<: *x, l: 2}\n")
    assert data["b"] == {"k": 1, "l": 2}


def test_an_unknown_path_falls_back_to_its_longest_known_beginning():
    _, lines = read_yaml("a:\n  b: 1\n")
    assert line_of(lines, ("a", "b", "c")) == 2
    assert line_of(lines, ("z",)) == 1


def test_an_empty_file_is_no_data():
    assert read_yaml("") == (None, {})
