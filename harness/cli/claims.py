"""Work on the ledger: validate it, show claims, start a file, compare revisions."""

from typing import Annotated

import typer
from rich.console import Console

from harness.cli.desk import Format
from harness.cli.options import Json, print_json

app = typer.Typer(
    help="Work on the ledger in configs/claims/ (docs/claims.md is the guide).", no_args_is_help=True
)


@app.command()
def lint(
    form: Annotated[
        Format, typer.Option("--format", help="`github` prints annotations for pull requests.")
    ] = Format.TABLE,
) -> None:
    """Validate every file of the ledger: all errors at once, each with file, line and fix; exit 2 if any."""
    from harness.report import desk as printed  # noqa: PLC0415 - keeps --help instant
    from harness.workflow.verdicts import load_ledger  # noqa: PLC0415

    with printed.ledger_errors(github=form is Format.GITHUB):
        claims = load_ledger().claims
    counts = {"claims": len(claims), "sources": len({c.source.id for c in claims}), "errors": 0}
    if form is Format.JSON:
        print_json(dict(counts))
    else:
        print(f"{counts['claims']} claims in {counts['sources']} sources, no errors")


@app.command()
def show(
    glob: Annotated[str, typer.Argument(help="An id, a model, a source, or a pattern such as '*/kmmlu/*'.")],
    as_json: Json = False,
) -> None:
    """Show claims: one in full with its desk findings, several as a list."""
    from harness.report import claims as printed  # noqa: PLC0415
    from harness.workflow.claims import claims_with_findings  # noqa: PLC0415

    claims, findings = claims_with_findings(glob)
    if as_json:
        dumped = [f.model_dump(mode="json") for f in findings]
        print_json({"claims": [c.model_dump(mode="json") for c in claims], "findings": dumped})
        return
    console = Console(highlight=False)
    for part in printed.claim_parts(claims, findings):
        console.print(part)


@app.command()
def new(
    source: Annotated[str, typer.Argument(help="Id of the new source, such as k-exaone-card-2026-12.")],
    of: Annotated[str, typer.Option(help="The model whose document it is; names the folder.")],
    kind: Annotated[str, typer.Option(help="model_card, readme, tech_report, press …")] = "model_card",
    title: Annotated[str, typer.Option(help="What a reader would call the document.")] = "",
    columns: Annotated[
        list[str] | None, typer.Option(help="Models of the table's columns; once per column.", show_default=False)
    ] = None,
    rows: Annotated[
        list[str] | None, typer.Option(help="Benchmarks of the table's rows; once per row.", show_default=False)
    ] = None,
) -> None:
    """Write a ledger file with every key in its place, valid from the start; then fill in the printed values.

    Example: harness claims new my-card --of smollm2_135m --columns smollm_135m --rows IFEval --rows MMLU
    """
    from harness.workflow.claims import Draft, write_skeleton  # noqa: PLC0415

    path = write_skeleton(Draft(source, of, kind, title or source, columns or [], rows or []))
    print(f"{path}\nnext: fill in the values as printed, then: harness claims lint (guide: docs/claims.md)")


@app.command()
def diff(
    newer: Annotated[str, typer.Argument(help="Id of a source.")],
    older: Annotated[
        str | None,
        typer.Argument(help="An earlier one; by default the one it supersedes.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what changed between two revisions of a source: values, rows, models, sentences."""
    from harness.report import claims as printed  # noqa: PLC0415
    from harness.workflow.claims import changes_between  # noqa: PLC0415

    changes = changes_between(newer, older)
    if as_json:
        print_json({"changes": [change.model_dump(mode="json") for change in changes]})
    else:
        Console(highlight=False).print(printed.changes_table(changes))
