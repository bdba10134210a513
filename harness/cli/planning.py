"""The verb that says what runs would cost."""

from dataclasses import asdict
from typing import Annotated

import typer

from harness.cli.options import Json, print_json, wide_console

app = typer.Typer()

Wanted = Annotated[
    list[str] | None,
    typer.Argument(
        help="claims=GLOB (id, model or source), model=a,b, suite=x,y, protocol=NAME, cluster=NAME, and other "
        "overrides: repeats=2, items=50, serving.concurrency_most=256.",
        show_default=False,
        metavar="[KEY=VALUE]...",
    ),
]


@app.command()
def plan(wanted: Wanted = None, as_json: Json = False) -> None:
    """Say which runs would decide which claims, on how many GPUs, and what they cost; nothing is started.

    The fewest runs for the claims that fit, each repeated as often as its claims need; with model and suite, and
    without claims, whole suites. Numbers come from runs measured before where there are any, else from what the
    GPUs could do at most; it is said which.

    Example: harness plan claims=k_exaone_236b cluster=h200x8
    """
    from harness.report.plan import plan_parts  # noqa: PLC0415
    from harness.workflow import plan as workflow  # noqa: PLC0415

    asked = workflow.wanted_by(wanted or [])
    found = workflow.plan(asked, workflow.settings_of(asked))
    if as_json:
        print_json(
            {
                "cluster": found.cluster,
                "runs": [{**one.run.model_dump(), "cost": one.cost.model_dump()} for one in found.runs],
                "claims": [asdict(one) | {"why": one.why.model_dump()} for one in found.claims],
                "unplanned": [asdict(one) | {"why": one.why.model_dump()} for one in found.unplanned],
                "total": found.total.model_dump(),
            }
        )
        return
    console = wide_console()
    for part in plan_parts(found):
        console.print(part, soft_wrap=isinstance(part, str))
