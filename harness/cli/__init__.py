"""The command line: parses, calls one workflow function, prints."""

import logging
import os
import signal
import sys

import typer
from rich.console import Console
from rich.markup import escape

from harness.cli import (
    campaigns,
    claims,
    cluster,
    deciding,
    desk,
    exporting,
    items,
    measuring,
    models,
    planning,
    rescoring,
    suites,
    zoo,
)
from harness.errors import HarnessError

app = typer.Typer(
    name="harness",
    help="Take a published claim about a released model, measure it, and say with evidence how it stands.",
    epilog="Start with `harness demo`, or `harness check`, which needs no model. Settings are Hydra overrides "
    "after the verb: harness run model=smollm2_135m suite=demo serving.concurrency=16",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="markdown",
)
app.add_typer(measuring.app)
app.add_typer(desk.app)
app.add_typer(zoo.app)
app.add_typer(planning.app)
app.add_typer(suites.app)
app.add_typer(models.app, name="models")
app.add_typer(deciding.app)
app.add_typer(items.app)
app.add_typer(rescoring.app)
app.add_typer(exporting.app)
app.add_typer(claims.app, name="claims")
app.add_typer(campaigns.app)
app.add_typer(campaigns.job_app, name="job")
app.add_typer(cluster.app, name="cluster")


def main() -> None:
    """Run the command line; errors with a way out are printed without a traceback."""
    logging.basicConfig(level=os.environ.get("HARNESS_LOG", "WARNING").upper(), format="%(name)s: %(message)s")
    # A batch system ends jobs with SIGTERM: end like on Ctrl-C, engine and children included.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except HarnessError as error:
        Console(stderr=True, highlight=False).print(escape(error.text()), style="red", soft_wrap=True)
        sys.exit(error.exit_code)
