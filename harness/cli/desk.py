"""Verbs that need no GPU and no server: paper against paper, and a model against its own configuration."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from harness.cli.options import Json, Selection, key_values, print_json

app = typer.Typer()


class Format(StrEnum):
    """How findings are printed."""

    TABLE = "table"
    JSON = "json"
    GITHUB = "github"


class Level(StrEnum):
    """How grave a finding is."""

    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"


@app.command()
def check(
    selection: Selection = None,
    as_json: Json = False,
    form: Annotated[
        Format, typer.Option("--format", help="`github` prints annotations for pull requests.")
    ] = Format.TABLE,
    fail_on: Annotated[
        Level | None, typer.Option("--fail-on", help="Exit 3 when a finding is this grave or graver.")
    ] = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Also notes, and what was recomputed and agrees.")
    ] = False,
    show_checks: Annotated[
        bool, typer.Option("--list", help="List the checks, with what each can and cannot show.")
    ] = False,
) -> None:
    """Hold every published claim against other documents and against the model's own configuration.

    Needs no GPU, no server and no network. A finding is a result, not a failure: without --fail-on the exit code
    stays 0. A ledger with errors exits 2 and names every line.
    """
    from harness.report import desk as printed  # noqa: PLC0415 - keeps --help instant
    from harness.workflow.check import CHECKS, check_ledger  # noqa: PLC0415

    form = Format.JSON if as_json else form
    console = Console(highlight=False)
    if show_checks:
        if form is Format.JSON:
            print_json({"checks": [c.described() for c in CHECKS]})
        else:
            console.print(printed.checks_table(CHECKS))
        return
    with printed.ledger_errors(github=form is Format.GITHUB):
        report = check_ledger(key_values(selection, ["claims"]).get("claims"))
    if form is Format.JSON:
        print_json(report.model_dump(mode="json"))
    elif form is Format.GITHUB:
        for line in printed.annotations(report.findings):
            print(line)
    else:
        console.print(printed.findings_table(report, everything=show_all))
        console.print(printed.summary(report), soft_wrap=True)
    if fail_on is not None and printed.at_least(report.findings, fail_on.value):
        raise typer.Exit(3)


@app.command()
def facts(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            help="model=ID (a file in configs/model/), and context=TOKENS when not the longest.",
            show_default=False,
            metavar="model=ID [context=TOKENS]",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say from a model's configuration alone: parameters, cache, arithmetic, memory, GPUs.

    Loads no weights and no framework. What the maker has not published is not computed, and named.

    Example: harness facts model=k_exaone_236b context=131072
    """
    from harness.report import facts as printed  # noqa: PLC0415
    from harness.workflow.facts import facts_for  # noqa: PLC0415

    given = key_values(arguments, ["model", "context"])
    found = facts_for(given.get("model"), given.get("context"))
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    console = Console(highlight=False)
    for part in printed.facts_tables(found):
        console.print(part)
