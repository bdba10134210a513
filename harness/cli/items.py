"""The verb about the items of benchmarks."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.cli.options import Json, key_values, print_json
from harness.workflow.display import Display

if TYPE_CHECKING:
    from harness.workflow.items import Looked

app = typer.Typer()
SHOWN = 3
"""How many items, or groups of them, a line names before it says how many more there are."""
NAMED = {
    "contradictory": "ask the same and have different right answers",
    "duplicates": "ask the same",
    "gold_missing": "right answer not among the choices",
    "empty_options": "an empty choice",
    "gold_twice": "right answer under two letters",
    "same_options": "two choices alike",
    "in_examples": "share thirteen words with an example, or are one",
}
LEGEND = (
    "twice: items that ask what an earlier one asks · choices: items whose choices are at fault",
    "overlap: items that share thirteen words with another · in examples: or with an example (–: there are none)",
    "short: items of fewer words, of which overlap says nothing · one letter: score of always the commonest",
    "harness items --json names every item",
)


@app.command()
def items(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            help="suite=NAME, or benchmark=PATTERN for benchmarks of any suite; then overrides as for `run`.",
            show_default=False,
            metavar="[suite=NAME|benchmark=PATTERN] [KEY=VALUE]...",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Look at the items themselves: asked twice, right answer not among the choices, seen in the examples …

    Needs the items and no server. Overlap is of runs of thirteen words, without punctuation and letter case, and
    without phrases that more than ten items share; items on one passage overlap by design. Items are named by
    their ids, as in a run's samples. Exit code 1: the items of a benchmark could not be had.

    Example: HARNESS_DATA=~/benchmarks harness items suite=korean
    """
    from harness.config.settings import load_settings  # noqa: PLC0415 - keeps --help instant
    from harness.workflow.items import look_at_items  # noqa: PLC0415

    given = list(arguments or [])
    own = [text for text in given if text.startswith("benchmark=")]
    settings = load_settings([text for text in given if text not in own])
    pattern = key_values(own, ["benchmark"]).get("benchmark")
    looked = list(look_at_items(settings, pattern, Display(quiet=as_json)))
    if as_json:
        print_json({"benchmarks": [asdict(one) for one in looked]})
    else:
        _print(looked)
    if any(one.found is None for one in looked):
        raise typer.Exit(1)


def _print(looked: list["Looked"]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("benchmark", no_wrap=True)
    for name in ("items", "twice", "choices", "overlap", "in examples", "short", "one letter"):
        table.add_column(name, justify="right", no_wrap=True)
    lines = []
    for one in looked:
        if (found := one.found) is None:
            table.add_row(one.benchmark, "–")
            lines += [
                f"{one.benchmark}: not looked at",
                *(f"  {line}" for line in (one.problem or "").splitlines()),
            ]
            continue
        table.add_row(
            one.benchmark,
            f"{found.items:,}",
            str(sum(len(group) - 1 for group in found.duplicates)),
            str(len({*found.gold_missing, *found.empty_options, *found.same_options})),
            str(sum(map(len, found.overlapping))),
            f"{len(found.in_examples):,}" if found.examples else "–",
            f"{found.short:,}",
            f"{100 * found.one_letter:.1f} %" if found.one_letter is not None else "–",
        )
        lines.append(f"{one.benchmark}: {one.origin}, data {(one.data_sha256 or '')[:16]}")
        lines += [
            f"  {says}: {_named(getattr(found, name))}" for name, says in NAMED.items() if getattr(found, name)
        ]
    console = Console(highlight=False)
    console.print(table)
    for line in lines:
        console.print(escape(line), soft_wrap=True)
    for line in LEGEND:
        console.print(line, soft_wrap=True)


def _problem(one: "Looked") -> list[str]:
    return [f"  {line}" for line in (one.problem or "").splitlines()]


def _named(found: list[str] | list[list[str]]) -> str:
    names = [one if isinstance(one, str) else " = ".join(one) for one in found]
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
