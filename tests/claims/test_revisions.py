from harness.claims.revisions import changes
from tests.examples import source, statement, table

OLD, NEW = source(id="card"), source(id="card-2")


def test_what_is_the_same_is_left_out():
    assert changes(table({"a": {"m": "1.0"}}), table({"a": {"m": "1.0"}}, source=NEW)) == []


def test_changed_added_and_removed_cells_are_named():
    older = table({"a": {"m": "1.0"}, "b": {"m": "2.0"}}, source=OLD)
    newer = table({"a": {"m": "1.5"}, "c": {"m": "3.0"}}, source=NEW)
    found = {(c.what, c.name): (c.older, c.newer) for c in changes(older, newer)}
    assert found == {
        ("changed", "a m"): ("1.0", "1.5"),
        ("removed", "b m"): ("2.0", None),
        ("added", "c m"): (None, "3.0"),
    }


def test_a_row_that_moved_to_another_table_is_no_change():
    assert changes(table({"a": {"m": "1.0"}}), table({"a": {"m": "1.0"}}, table="other", source=NEW)) == []


def test_another_digit_is_a_change():
    assert changes(table({"a": {"m": "80"}}), table({"a": {"m": "80.0"}}, source=NEW))


def test_sentences_are_compared_by_their_id():
    a, b = statement("size", source=OLD, value="7B"), statement("size", source=NEW, value="8B")
    (change,) = changes([a], [b])
    assert (change.name, change.older, change.newer) == ("size", "7B", "8B")
