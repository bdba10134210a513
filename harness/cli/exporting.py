"""The verb that writes the data set for other tools."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.options import Json, key_values, print_json

app = typer.Typer()


@app.command()
def export(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where to write; must not exist yet.", show_default=False)
    ],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FORMAT]... [claims=GLOB] [results=DIR]",
            help="parquet, csv, every-eval-ever, huggingface, lm-eval, bibtex, atom; all of them without any.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write claims, verdicts, measurements and answers for other tools; needs no server and no network.

    **parquet**, **csv**: the whole data set, with a README of the columns. **every-eval-ever**: aggregate and
    instance records that its validator passes. **huggingface**: .eval_results of model repositories.
    **lm-eval**: results files that its own tools read. **bibtex**: the sources. **atom**: changed verdicts.

    Where a licence does not let items be passed on, only hashes, short answers and scores are written. The same
    input gives the same bytes.

    Example: harness export csv claims=k_exaone_236b --out k_exaone
    """
    from harness.config.settings import load_settings  # noqa: PLC0415 - keeps --help instant
    from harness.report.exports import FORMATS  # noqa: PLC0415
    from harness.store import open_store  # noqa: PLC0415
    from harness.workflow.exports import export_store  # noqa: PLC0415

    formats = [text for text in arguments or () if "=" not in text]
    given = key_values([text for text in arguments or () if "=" in text], ["claims", "results"])
    settings = load_settings([f"results={given['results']}"] if "results" in given else [])
    written = export_store(open_store(settings), formats or list(FORMATS), given.get("claims"), out)
    if as_json:
        print_json({"folder": str(out), "files": [asdict(file) for file in written]})
        return
    size = sum(file.size for file in written)
    print(f"{out}: {len(written):,} files, {size / 1e6:,.1f} MB")
    for file in written[:20]:
        print(f"  {file.path}  {file.size:,}")
    if len(written) > 20:
        print(f"  and {len(written) - 20:,} more; --json lists all with their hashes")
