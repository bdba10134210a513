"""Verbs for a cluster: submit a campaign, follow it, end it, go on with it."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.live import Live
from rich.table import Table

from harness.cli.options import Json, print_json, wide_console
from harness.workflow.display import Display

if TYPE_CHECKING:
    from harness.launch.status import CampaignStatus
    from harness.records import ServerJob
    from harness.workflow.campaigns import Prepared

app = typer.Typer()

Selection = Annotated[
    list[str] | None,
    typer.Argument(
        help="claims=GLOB, or model=NAME[,NAME] suite=NAME[,NAME]; then cluster=NAME and Hydra overrides "
        "(cluster.slurm.account=…, serving.replicas=2).",
        show_default=False,
        metavar="[KEY=VALUE]...",
    ),
]
Campaign = Annotated[
    str | None, typer.Argument(help="A campaign by name; the newest without one.", show_default=False)
]
Jobs = Annotated[list[str] | None, typer.Argument(help="Some of its jobs; all without names.", show_default=False)]
Results = Annotated[str | None, typer.Option("--results", help="Where results go, if not results/.")]
_WATCH_SECONDS = 10.0


@app.command()
def submit(
    arguments: Selection = None,
    name: Annotated[str | None, typer.Option("--name", help="Name of the campaign.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan and every script; nothing is written.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--test-only", help="Hand every script to sbatch --test-only; nothing is submitted.")
    ] = False,
    rehearse: Annotated[
        bool,
        typer.Option(
            "--rehearse",
            help="Run the scripts on a Slurm cluster made on this machine, with small random twins of the models; "
            "exit code 1 when a step fails. Needs Debian, root and the CPU set-up.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure on a cluster: one server start per model, as Slurm jobs that survive what befalls them.

    Example: harness submit claims='k_exaone_236b*' cluster=h200x8 --dry-run

    Jobs fetch weights, serve and ask, then decide and write the site. A job that is stopped is followed by one
    that goes on from the sample log. On a cluster profile with launcher: here the jobs run one after the other.
    """
    from harness.workflow import campaigns  # noqa: PLC0415 - keeps --help instant

    prepared = campaigns.prepare_campaign(arguments or [], name)
    plan = prepared.plan
    if not as_json:
        _print_plan(plan.campaign.jobs, plan.left_out, plan.guessed)
    if dry_run:
        texts = {script.file: script.text for script in prepared.scripts}
        if as_json:
            campaign = plan.campaign.model_dump(mode="json")
            print_json({"campaign": campaign, "left_out": plan.left_out, "scripts": texts})
        for file, text in texts.items() if not as_json else ():
            print(f"\n# ---- {prepared.folder.scripts / file}\n{text}", end="")
        return
    display = Display(quiet=as_json)
    if rehearse:
        _rehearse(prepared, display, as_json=as_json)
        return
    if check:
        campaigns.test_only(prepared, display)
        submitted = []
    else:
        submitted = campaigns.submit(prepared, display)
    if as_json:
        print_json({"campaign": plan.campaign.id, "submitted": [one.model_dump(mode="json") for one in submitted]})
    elif submitted:
        given = [text for text in arguments or [] if text.startswith("results=")]
        where = f" --results {given[-1].removeprefix('results=')}" if given else ""
        print(f"campaign {plan.campaign.id}; next: harness status {plan.campaign.id} --watch{where}")


@app.command()
def status(
    campaign: Campaign = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on showing it, until Ctrl-C.")] = False,
    as_json: Json = False,
    results: Results = None,
) -> None:
    """How a campaign stands: every job, how far it is, when it should end, and why it waits or failed."""
    from harness.workflow import campaigns  # noqa: PLC0415

    def now() -> "CampaignStatus":
        return campaigns.status(campaign, _results(results))

    if as_json:
        print_json(now().model_dump(mode="json"))
        return
    if not watch:
        wide_console().print(_table(now()))
        return
    try:
        with Live(_table(now()), auto_refresh=False) as shown:
            while True:
                time.sleep(_WATCH_SECONDS)
                shown.update(_table(now()), refresh=True)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@app.command()
def logs(
    campaign: Campaign = None,
    job: Annotated[str | None, typer.Argument(help="One of its jobs.", show_default=False)] = None,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many of the newest log's last lines.")] = 40,
    as_json: Json = False,
    results: Results = None,
) -> None:
    """What a campaign's jobs printed: where it lies, and the end of the newest."""
    from harness.workflow import campaigns  # noqa: PLC0415

    found = campaigns.logs(campaign, job, _results(results))
    if as_json:
        print_json({"logs": [str(path) for path in found]})
        return
    for path in found:
        print(path)
    if found:
        print(f"---- the end of {found[-1].name}")
        print("\n".join(found[-1].read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]))


@app.command()
def cancel(campaign: Campaign = None, jobs: Jobs = None, results: Results = None) -> None:
    """End a campaign's jobs and their successors; what was answered is kept."""
    from harness.workflow import campaigns  # noqa: PLC0415

    campaigns.cancel(campaign, jobs or [], _results(results), Display())


@app.command()
def resume(campaign: Campaign = None, jobs: Jobs = None, results: Results = None) -> None:
    """Submit once more what is neither complete nor at work, also what was given up or cancelled."""
    from harness.workflow import campaigns  # noqa: PLC0415

    campaigns.resume(campaign, jobs or [], _results(results), Display())


job_app = typer.Typer(help="What batch scripts call; each step may also be called by hand.", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(help="A campaign's folder.", exists=True, file_okay=False)]
JobName = Annotated[str, typer.Argument(help="One of its jobs.")]


@job_app.command("stage")
def stage_job(folder: Folder, job: JobName) -> None:
    """Fetch a job's weights and items."""
    from harness.workflow.job import place, stage  # noqa: PLC0415

    stage(place(folder, job), Display())


@job_app.command("serve")
def serve_job(folder: Folder, job: JobName) -> None:
    """Keep a client at work until everything is answered; on USR1 it stops asking, then ends with 75."""
    from harness.workflow.job import place, supervise  # noqa: PLC0415

    try:
        code = supervise(place(folder, job), Display())
    except KeyboardInterrupt:
        print("told to end; everything answered is kept", file=sys.stderr)
        code = 143
    raise typer.Exit(code)


@job_app.command("work")
def work_job(folder: Folder, job: JobName, attempt: Annotated[int, typer.Option("--attempt")]) -> None:
    """Start a job's servers and ask what is open: the client that `serve` keeps at work."""
    from harness.workflow.job import place, work  # noqa: PLC0415

    work(place(folder, job), attempt, Display())


@job_app.command("verdict")
def verdict_job(folder: Folder, job: JobName = "all") -> None:
    """Decide the claims from what the sample logs hold, and write the site."""
    from harness.workflow.job import decide  # noqa: PLC0415

    decide(folder, Display())


def _rehearse(prepared: "Prepared", display: Display, *, as_json: bool) -> None:
    """Rehearse and print what became of every step; exit with 1 when one was not done."""
    from harness.workflow.rehearse import rehearse  # noqa: PLC0415

    found = rehearse(prepared, display)
    if as_json:
        print_json({"passed": found.passed, **found.model_dump(mode="json")})
    else:
        marks = {"done": "✓", "failed": "✗", "not reached": "–"}
        for step in found.steps:
            said = step.said or step.outcome
            print(f"{marks[step.outcome]} {' '.join(filter(None, (step.job, step.step)))}: {said}")
            if step.log:
                print(f"    {step.log}")
        for model, why in found.left_out.items():
            print(f"left out: {model}: {why}")
        if found.untried:
            print(f"not tried, a cluster of this machine has none of it: {', '.join(found.untried)}")
        print(f"{'passed' if found.passed else 'failed'}; scripts, logs and pages: {found.folder}")
    if not found.passed:
        raise typer.Exit(1)


def _results(folder: str | None) -> list[str]:
    return [f"results={folder}"] if folder else []


def _print_plan(jobs: "list[ServerJob]", left_out: dict[str, str], guessed: dict[str, str]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("job", "nodes", "GPUs a node", "protocols", "answers", "GPU hours"):
        table.add_column(name)
    for job in jobs:
        protocols = [
            text.removeprefix("protocol=") for suite in job.suites for text in suite if "protocol=" in text
        ]
        hours = "–" if job.gpu_hours is None else f"{job.gpu_hours:,.1f}"
        samples = "–" if job.samples is None else f"{job.samples:,}"
        table.add_row(
            job.id, str(job.nodes), str(job.gpus_per_node), " ".join(dict.fromkeys(protocols)), samples, hours
        )
    console = wide_console()
    console.print(table)
    for model, basis in guessed.items():
        change = f"another number: model={model} serving.args.tensor-parallel-size=N"
        console.print(
            f"{model}: sizes that would say its GPUs are not published; {basis}; {change}", soft_wrap=True
        )
    models = {job.model for job in jobs}
    claims = [name for name in left_out if "/" in name]
    for name, why in left_out.items():
        if name not in claims and name not in models:
            console.print(f"left out: {name}: {why}", soft_wrap=True, markup=False)
    if claims:
        more = "harness plan says why of each"
        console.print(
            f"left out: {len(claims)} claim(s) that no run decides; {more}", soft_wrap=True, markup=False
        )


def _table(found: "CampaignStatus") -> Table:
    table = Table(title=f"campaign {found.campaign}", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for name in ("job", "state", "Slurm", "answers", "tokens/s", "ends (UTC)", "starts", "GPU h"):
        table.add_column(name, no_wrap=True)
    table.add_column("why", overflow="fold")
    for one in found.jobs:
        total = "?" if one.total is None else f"{one.total:,}"
        speed = "" if one.tokens_per_second is None else f"{one.tokens_per_second:,.0f}"
        end = (one.expected_end or "")[:16].replace("T", " ")
        table.add_row(
            one.job,
            one.state,
            one.slurm or "",
            f"{one.done:,}/{total}",
            speed,
            end,
            str(one.attempts),
            f"{one.gpu_hours:,.1f}",
            one.reason,
        )
    problem = f"Slurm does not answer: {found.slurm_says}" if found.slurm_says else ""
    table.caption = f"verdicts: {found.verdict}" + (f" · {problem}" if problem else "")
    table.caption_justify = "left"
    return table
