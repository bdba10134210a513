import yaml

from harness.planning.coverage import coverage, lacking, suite_text
from harness.records import Suite
from tests.examples import benchmark, claim, source, table

ROWS = {name: {"m": "50.0", "other": "40.0"} for name in ("quiz", "judged")}
BENCHMARKS = {"quiz": benchmark(), "judged": benchmark(id="judged", needs=["judge"])}


def test_a_row_counts_once_whatever_the_number_of_its_models():
    (covered,) = coverage(table(ROWS), BENCHMARKS)
    assert [(row.benchmark, row.numbers, row.lacks) for row in covered.rows] == [
        ("quiz", 2, None),
        ("judged", 2, "needs judge"),
    ]
    assert covered.benchmarks == ["quiz"]


def test_rows_of_two_sources_are_counted_apart_and_statements_not_at_all():
    second = table({"quiz": {"m": "51.0"}}, source=source(id="report"))
    found = coverage([*table(ROWS), *second, claim()], BENCHMARKS)
    assert [(covered.source, len(covered.rows)) for covered in found] == [("card", 2), ("report", 1)]


def test_what_a_row_lacks_is_said_by_what_is_missing_most():
    assert lacking(benchmark(), None) is None
    assert lacking(benchmark(needs=["code"]), None) is None
    assert lacking(benchmark(access="closed", task=None), None) == "its items were not published"
    assert lacking(benchmark(task=None), None) == "no task yet"
    assert lacking(benchmark(needs=["user_simulator", "judge"]), None) == "needs user simulator and judge"
    assert lacking(benchmark(), "elo") == 'no task reports "elo"'


def test_the_suite_of_a_source_holds_exactly_what_can_be_run():
    (covered,) = coverage(table(ROWS), BENCHMARKS)
    suite = Suite.model_validate(yaml.safe_load(suite_text(covered)))
    assert suite.id == "table/card"
    assert suite.protocol == "maker"
    assert [task.benchmark for task in suite.tasks] == ["quiz"]
