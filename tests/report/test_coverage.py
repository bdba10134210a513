import json

from typer.testing import CliRunner

from harness.cli import app
from harness.config.settings import load_suites, project
from harness.workflow.suites import table_suites


def run(*arguments):
    found = CliRunner().invoke(app, [*arguments])
    assert found.exit_code == 0, found.output
    return found.stdout


def test_the_page_of_the_suites_is_the_one_that_the_harness_writes():
    assert (project().root / "docs" / "coverage.md").read_text() == run("suites", "--markdown")


def test_the_suites_of_published_tables_are_those_that_the_ledger_asks_for():
    folder = project().configs / "suite" / "table"
    assert {path: path.read_text() for path in folder.glob("*.yaml")} == table_suites()


def test_every_row_is_listed_with_what_it_lacks():
    found = json.loads(run("suites", "--json"))
    assert {suite["id"] for suite in found["suites"]} == set(load_suites(project().configs))
    rows = {(row["source"], row["benchmark"]): row["lacks"] for row in found["rows"]}
    assert rows["smollm2-card", "gsm8k"] is None
    assert "judge" in rows["smollm2-card", "mt_bench"]


def test_a_terminal_shows_the_suites_and_the_share():
    assert "korean" in run("suites")
    assert "published rows have a task" in run("suites")
