"""Verbs that decide without a server: one claim from files, and how often the rule itself is wrong."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.cli.options import Json, Overrides, Selection, key_values, key_values_of_paths, print_json
from harness.records import Audit, Outcome, PlantedRow, Verdict
from harness.report.marks import MARKS
from harness.workflow.display import Display

app = typer.Typer()
PLANTED: tuple[Outcome, ...] = ("reproduced", "contradicted", "undecided", "not_measured")


@app.command()
def decide(
    claim: Annotated[
        Path, typer.Option("--claim", metavar="FILE", help="The claim, as YAML or JSON.", show_default=False)
    ],
    samples: Annotated[
        list[Path],
        typer.Option(
            "--samples",
            metavar="FILE",
            help="The model's answers, one per line; once per benchmark for an average.",
            show_default=False,
        ),
    ],
    comparator_samples: Annotated[
        list[Path] | None,
        typer.Option(
            "--comparator-samples",
            metavar="FILE",
            help="The comparator's answers to the same items; once per comparator for a rank.",
            show_default=False,
        ),
    ] = None,
    protocol: Annotated[
        list[str] | None,
        typer.Option(
            "--protocol",
            metavar="NAME=FILE",
            help="The same under another declared protocol; NAME=FILE,COMPARATOR where its differ too.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Decide one claim from files of answers: nothing to install, start or download.

    **The claim**: {id: a, kind: score, value: "73.0", unit: percent, n: 2822, k_source: 1,
    source_decoding: same, delta: null, read: full}. Kinds: score, at_least, exceeds, ratio; average (weights),
    rank, exam_grade (points, cutoffs), latency. k_source: null where the source does not say how often it ran;
    source_decoding: same, other or unstated. delta: the margin, null for the rule's own (1 point; 2 % of a ratio).

    **Answers**: the store's samples.jsonl (metric: NAME in the claim where it has several), or lines of
    {"item": "a1", "repeat": 0, "score": 1.0, "status": "scored"}, with "cluster" and "tokens" where known.
    status: scored, truncated, empty, unparsed, error; all but scored count 0.

    Exit code 3: a gate failed, the answers are no valid measurement. 2: a file that is not as it should be.
    """
    from harness.workflow.decide import decide_files, read_terms  # noqa: PLC0415

    terms = read_terms(claim)
    verdict = decide_files(terms, samples, comparator_samples or [], key_values_of_paths(protocol))
    if as_json:
        print_json(_as_json(verdict))
    else:
        _print(verdict)
    if verdict.verdict == "not_measured":
        raise typer.Exit(3)


@app.command()
def preflight(selection: Selection = None, as_json: Json = False) -> None:
    """Say before any run which claims can be decided at their margin, with how many repeats, at what cost.

    A claim cannot be decided by anybody where its source's own noise fills the margin: "ran once on 198 items"
    leaves ±10 points open. Items count as noisy as they can be, so a run often needs fewer repeats than said
    here. Tokens are generated ones, at most. Needs no GPU and no server.

    Example: harness preflight claims=k_exaone_236b
    """
    from harness.workflow.preflight import preflight_ledger  # noqa: PLC0415

    found = preflight_ledger(key_values(selection, ["claims"]).get("claims"))
    if as_json:
        print_json({"preflight": [asdict(one) | {"why": one.why.model_dump()} for one in found]})
        return
    table = Table("", box=None, padding=(0, 2, 0, 0))
    table.add_column("claim", overflow="fold")
    for name in ("items", "ran", "margin", "from", "K", "tokens"):
        table.add_column(name, justify="right")
    for one in sorted(found, key=lambda one: (not one.decidable, one.claim)):
        if one.decidable is not None:
            table.add_row(
                MARKS["reproduced" if one.decidable else "undecided"].shape,
                escape(one.claim),
                f"{one.items:,}",
                "?" if one.stated is None else f"{one.stated}×",
                f"±{one.delta:.3g}",
                f"±{one.decidable_from:.2g}",
                str(one.repeats or "–"),
                f"{one.tokens:.2g}" if one.tokens else "–",
            )
    console = Console(highlight=False)
    if table.row_count:
        console.print(table)
    yes, no = (sum(one.decidable is side for one in found) for side in (True, False))
    console.print(
        f"{len(found):,} claims: {yes} decidable, {no} not at their margin, "
        f"{len(found) - yes - no} not known before a run; harness preflight --json says why for each.\n"
        "ran: how often the source says it ran each item, with its decoding (?: it does not say) · from: least "
        "margin that could be decided · K: repeats needed at most · tokens: generated at most",
        soft_wrap=True,
    )


@app.command()
def audit(
    overrides: Overrides = None,
    trials: Annotated[
        int, typer.Option("--trials", min=10, help="How often each kind of claim is planted into each log.")
    ] = 200,
    as_json: Json = False,
) -> None:
    """Put the rule itself to the test: how often does it reproduce what is false, contradict what is true?

    Plants claims of known truth into real answers (the store's runs and the recorded ones): honest ones, shifted
    ones, ones by a noisier source, the best of five runs told as one, ones scored by another metric, and runs of
    which every tenth answer was cut off. Writes results/audit.json.

    Exit code 3: an error rate is beyond its limit, by more than chance explains.
    """
    from harness.config.settings import load_settings  # noqa: PLC0415
    from harness.workflow.audit import audit_logs  # noqa: PLC0415

    found = audit_logs(load_settings(overrides or []), trials, Display(quiet=as_json))
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        _print_audit(found)
    if not all(rate.kept for rate in found.rates):
        raise typer.Exit(3)


def _print_audit(found: Audit) -> None:
    console = Console(highlight=False)
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("planted claim", overflow="fold")
    for name in ("margin", *(MARKS[outcome].shape for outcome in PLANTED)):
        table.add_column(name, justify="right")
    kinds: dict[tuple[str, str], list[PlantedRow]] = {}
    for row in found.rows:
        kinds.setdefault(("1 point" if row.margin == 1 else "decidable", row.plant.en), []).append(row)
    for (margin, plant), rows in sorted(kinds.items(), key=lambda kind: kind[0][0]):
        trials = sum(row.trials for row in rows)
        shares = [f"{sum(getattr(row, outcome) for row in rows) / trials:.1%}" for outcome in PLANTED]
        table.add_row(escape(plant), margin, *shares)
    console.print(table)
    key = ", ".join(f"{MARKS[outcome].shape} {MARKS[outcome].en}" for outcome in PLANTED)
    console.print(f"{len({row.log for row in found.rows})} logs; {key}")
    for rate in found.rates:
        mark = "kept" if rate.kept else "[red]NOT KEPT[/red]"
        name = rate.name.replace("_", " ")
        console.print(
            f"{name}: {rate.rate:.1%} of {rate.trials:,} (at most {rate.at_most:.1%}; "
            f"worst row {rate.worst:.1%}; limit {rate.limit:.1%}): {mark}"
        )


def _as_json(verdict: Verdict) -> dict[str, object]:
    """Return the verdict's fields for programs: numbers in the unit of the claim."""
    from harness.records import parse  # noqa: PLC0415

    data = verdict.model_dump(mode="json", exclude={"history", "lane"})
    data["claimed"] = None if verdict.claimed is None else parse(verdict.claimed).number
    data["printed"] = verdict.claimed
    data["reasons"] = [says.en for says in verdict.reasons]
    data["reasons_ko"] = [says.ko for says in verdict.reasons]
    data["next"], data["next_ko"] = verdict.next.en, verdict.next.ko
    return data


def _print(verdict: Verdict) -> None:
    console = Console(highlight=False)
    mark = MARKS[verdict.verdict]
    console.print(f"{mark.shape} [bold]{mark.en}[/bold] ({mark.ko})  {escape(verdict.claim)}", soft_wrap=True)
    for says in verdict.reasons:
        console.print(f"  {escape(says.en)}", soft_wrap=True)
    for point in verdict.specifications:
        console.print(f"  under {escape(point.protocol)}: {point.measured}, {point.verdict.replace('_', ' ')}")
    if verdict.at and verdict.tipping_delta is not None:
        wider = ", ".join(f"{margin}: {outcome.replace('_', ' ')}" for margin, outcome in verdict.at.items())
        console.print(f"  at wider margins: {wider}; reproduced from {verdict.tipping_delta:.3g} on")
    if verdict.mde80 is not None:
        console.print(f"  smallest difference found 4 times out of 5: {verdict.mde80:.2g}")
    console.print(f"  next: {escape(verdict.next.en)}", soft_wrap=True)
