from harness.report.site.pairs import FEWEST, MOST, Pair, pairs
from tests.examples import SOURCE, claim, statement, table


def in_one_table(*models: str, rows: int = FEWEST, **changes):
    return table({f"b{i}": dict.fromkeys(models, "50.0") for i in range(rows)}, **changes)


def found(claims, *of_teams: str) -> set[tuple[str, str]]:
    return {(pair.first, pair.second) for pair in pairs(claims, of_teams).values()}


def test_models_that_a_claim_names_are_a_pair_with_a_teams_model_first():
    assert found([statement(model="z", comparators=["a", "z"])], "z") == {("z", "a")}
    assert found([statement(model="z", comparators=["a"])]) == {("a", "z")}


def test_models_that_share_rows_of_a_table_are_a_pair_where_one_is_a_teams():
    assert found(in_one_table("a", "b", "c"), "b") == {("b", "a"), ("b", "c")}
    assert found(in_one_table("a", "b")) == set()


def test_too_few_rows_in_common_make_no_pair():
    assert found(in_one_table("a", "b", rows=FEWEST - 1), "a") == set()


def test_rows_that_a_later_revision_replaced_make_no_pair():
    assert found(in_one_table("a", "b", standing="superseded"), "a") == set()


def test_rows_of_two_tables_are_not_shared():
    one = in_one_table("a")
    other = in_one_table("b", source={**SOURCE, "id": "other"})
    assert found([*one, *other], "a") == set()


def test_a_teams_model_has_the_pairs_that_share_most_and_those_that_are_named():
    many = [f"m{i:02}" for i in range(MOST + 5)]
    closest = in_one_table("a", many[-1], rows=FEWEST + 1, source={**SOURCE, "id": "other"})
    named = claim(id="x", model=many[-2], comparators=["a"])
    got = found([*in_one_table("a", *many), *closest, named], "a")
    assert got == {("a", name) for name in [*many[: MOST - 1], many[-1], many[-2]]}


def test_the_order_of_claims_does_not_change_the_pairs():
    claims = in_one_table("a", "b", "c", "d")
    assert list(pairs(claims, {"a", "d"})) == list(pairs(claims[::-1], {"d", "a"}))


def test_a_pair_has_one_address():
    assert Pair("a", "b").path == "compare/a--vs--b"
