"""A ledger file to start from: every key in its place, valid before anything is filled in."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Draft:
    """What is known of a source before its numbers are entered."""

    source: str
    of: str
    kind: str
    title: str
    columns: Sequence[str]
    """Models beside `of`."""
    rows: Sequence[str]
    """Benchmark ids."""


def skeleton(draft: Draft) -> str:
    """Return the YAML text; cells are null, which stands for a printed dash, until they are filled in."""
    party = "third" if draft.kind in ("press", "third_party", "dispute", "evaluation_round") else "first"
    columns = list(dict.fromkeys([draft.of, *draft.columns]))
    cells = "{" + ", ".join(f"{name}: null" for name in columns) + "}"
    width = max((len(row) for row in draft.rows), default=0) + 1
    rows = [f"      {(row + ':').ljust(width)} {cells}" for row in draft.rows]
    head = [
        "source:",
        f"  id: {draft.source}",
        f"  kind: {draft.kind}",
        f"  party: {party}  # first: the maker of the model; third: anyone else",
        f"  title: {_quoted(draft.title)}",
        "  # url: https://…",
        "  # date: 2026-01-31",
        "  # revision: the commit or version you read",
        "  read: full  # full | partial | second_hand",
        *([f"  of: {draft.of}"] if party == "first" else []),
        "  # supersedes: id of the source this one replaces",
    ]
    table = [
        "tables:",
        "  - id: results",
        "    label: how the source calls the table",
        "    # mode: thinking | non_thinking, when the source says",
        f"    columns: [{', '.join(columns)}]",
        "    protocol:",
        "      known: {}  # such as {temperature: 0.6, num_fewshot: 5, repeats: 4}",
        "      unstated: [temperature, max_tokens, num_fewshot, repeats, prompt, judge]",
        '    # Copy each value as printed, in quotes: "80.0" is not "80". null is a printed dash.',
        "    rows:",
        *rows,
    ]
    statement = [
        "statements:",
        "  - id: size",
        "    locator: {section: where it stands}",
        "    kind: structure  # score, ratio, exceeds, average, structure, efficiency, target …",
        f"    model: {draft.of}",
        "    # value: as printed, in quotes",
        "    # unit: parameters",
        "    # quantity: parameters_total",
        "    says:",
        "      en: in your own words",
        "      ko: 자신의 말로",
        "    untestable: not filled in yet  # or: lanes, [desk, measured]",
    ]
    return "\n".join(head + (table if rows else []) + statement) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
