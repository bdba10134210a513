"""Verbs that score stored answers: the house's own, and those that another harness logged."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from harness.cli.options import Json, print_json
from harness.workflow.display import Display

if TYPE_CHECKING:
    from harness.workflow.rescored import Rescored

app = typer.Typer()


@app.command()
def rescore(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="A run's folder, an imported one, or a folder above several."),
    ],
    overrides: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE]...",
            help="protocol.extractor=lenient or strict; protocol.options and .num_fewshot as the run had them.",
            show_default=False,
        ),
    ] = None,
    task: Annotated[
        str | None,
        typer.Option(
            "--task",
            metavar="NAME",
            help="Score by this task, or this benchmark's, instead of the one that asked.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Score stored answers by the task as it is now: no server, and no stored answer is touched.

    After a metric, an extractor or a package that scores has changed, the new scores are written beside the
    run, under the identity that it would have now; the requests have to be the same. An import is scored by
    our task of the name it gives, and its own scores are held against ours, item by item.

    Examples: harness rescore results/runs/smollm2_135m/ifbench_294 ·
    harness rescore results/runs protocol.extractor=lenient · harness rescore imported --task ifbench_294

    Exit code 1: a folder could not be scored, or scores changed although nothing in its identity did.
    """
    from harness.workflow.rescore import rescore as workflow  # noqa: PLC0415

    found = workflow(folder, task, overrides or [], Display(quiet=as_json))
    if as_json:
        failed = {name: error.text() for name, error in found.failed.items()}
        print_json({"rescored": [_as_json(one) for one in found.done], "failed": failed})
    else:
        for one in found.done:
            _print(one)
        for name, error in found.failed.items():
            print(f"{name}\n  not scored\n  " + error.text().replace("\n", "\n  "))
    if found.failed or any(one.state == "unstable" for one in found.done):
        raise typer.Exit(1)


@app.command(name="import")
def import_(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A log, or a folder with logs.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where to write; must not exist yet.", show_default=False)
    ],
    log_format: Annotated[
        str,
        typer.Option(
            "--format",
            help="lm_eval, inspect, eee, ifbench, lm_eval_results, eee_aggregate; auto looks into the file.",
        ),
    ] = "auto",
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="WHO", help="Who measured, where the log does not say.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Bring the log of another harness into our sample form; harness rescore DIR then scores it.

    **lm_eval**: samples_TASK_DATE.jsonl (--log_samples). **inspect**: .eval or .json. **eee**: Every Eval Ever's
    instance records, UUID_samples.jsonl. **ifbench**: lines of {"prompt": …, "response": …}. **lm_eval_results**,
    **eee_aggregate**: results_DATE.json and UUID.json, scores without answers. Each may be gzipped, but .eval. A
    wrong line is named with its file and number, and then nothing is written.

    Each model's answers to a task become DIR/TASK/KEY with import.json (format, hashes of the files, task and
    model as the log names them), samples.jsonl (with the log's own scores) and requests.jsonl (what was asked).

    What lies in results/imports/ is shown as third-party evidence, beside our runs and never among them.

    Example: harness import logs/samples_gsm8k_2026-01-02T03-04-05.678901.jsonl --out imported
    """
    from harness.workflow.imports import import_logs  # noqa: PLC0415

    found = import_logs(path, log_format, out, Display(quiet=as_json), by)
    if as_json:
        folders = [
            {"folder": str(out / name), **record.model_dump(mode="json", exclude={"scoring", "rescored_from"})}
            for name, record in found.folders.items()
        ]
        print_json({"imported": folders, "passed_over": found.passed_over})
        return
    for name, record in found.folders.items():
        answers = f"{record.samples:,} answers of {record.model} to {record.items:,} items of {record.task}"
        if record.reported:
            answers = f"{len(record.reported):,} scores of {record.model} on {record.task}, without answers"
        print(f"{out / name}\n  {answers}")
    if found.passed_over:
        print(f"no logs, passed over: {', '.join(found.passed_over)}")
    if any(record.samples for record in found.folders.values()):
        print(f"next: harness rescore {out}")


def _as_json(one: "Rescored") -> dict[str, Any]:
    before, after = one.change.statuses
    return {
        "folder": str(one.source),
        "written": str(one.target),
        "state": one.state,
        "same_scores": not one.change.changed and not one.change.failed if one.compared else None,
        "task": one.task,
        "benchmark": one.benchmark,
        "samples": one.change.samples,
        "changed": one.change.changed,
        "changed_items": one.change.items,
        "metrics": {name: {"old": old, "new": new} for name, (old, new) in one.change.metrics.items()},
        "statuses": {"old": before, "new": after},
        "failed": one.change.failed,
        "agreement": [asdict(each) for each in one.agreement],
        "unjoined": one.unjoined,
        "torn": one.torn,
    }


def _print(one: "Rescored") -> None:
    console = Console(highlight=False)
    print(
        f"{one.source}\n  {one.state}: {one.target}"
        if one.target != one.source
        else f"{one.source}\n  {one.state}"
    )
    table = Table(box=None, padding=(0, 2, 0, 2))
    table.add_column(f"{one.task}, n = {one.change.samples:,}")
    for name in ("old", "new"):
        table.add_column(name, justify="right")
    for name, values in one.change.metrics.items():
        table.add_row(name, *("–" if value is None else f"{value:.4f}" for value in values))
    console.print(table)
    for each in one.agreement:
        print(f"  the log's {each.theirs}: {each.equal:,} equal of {each.of:,} ({each.ours} here)")
    before, after = (", ".join(f"{n:,} {name}" for name, n in sorted(s.items())) for s in one.change.statuses)
    print(f"  {after}" if before == after else f"  {before} → {after}")
    if one.change.changed:
        print(f"  changed: {one.change.changed:,}, such as {', '.join(one.change.items)}")
    elif not one.compared:
        print("  no score of the log's is one of ours: nothing to compare")
    elif not one.change.failed:
        print("  same scores")
    for item, error in list(one.change.failed.items())[:1]:
        why = " ".join(error.split())[:200]
        print(f"  the scorer failed on {len(one.change.failed):,} items, such as {item}: {why}")
    if one.unjoined:
        shown = ", ".join(one.unjoined[:10]) + (" …" if len(one.unjoined) > 10 else "")
        print(f"  not among the items of {one.task}, and not scored: {len(one.unjoined):,} ({shown})")
    if one.torn:
        print("  the last line of samples.jsonl is torn, and is passed over; harness run mends it")
