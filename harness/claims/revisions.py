"""What changed between two revisions of a source."""

from collections.abc import Sequence
from typing import Literal

from harness.records import Claim, Record

Key = tuple[str, ...]


class Change(Record):
    """One number or sentence that is not the same in both."""

    what: Literal["changed", "added", "removed"]
    name: str
    """Benchmark, model and mode of a cell, or the id of a statement."""
    older: str | None
    newer: str | None
    evidence: list[str]


def changes(older: Sequence[Claim], newer: Sequence[Claim]) -> list[Change]:
    """Return what differs, cell by cell and sentence by sentence, whatever tables the cells stand in.

    A cell is the same when benchmark, model, metric and mode are; a revision may have moved it to another
    table. Sentences are the same when their ids within the source are.
    """
    before, after = _keyed(older), _keyed(newer)
    found = []
    for key in sorted(before.keys() | after.keys()):
        a, b = before.get(key), after.get(key)
        if a is not None and b is not None and a.value == b.value and a.unit == b.unit:
            continue
        found.append(
            Change(
                what="added" if a is None else "removed" if b is None else "changed",
                name=" ".join(part for part in key if part),
                older=a.value if a else None,
                newer=b.value if b else None,
                evidence=[c.at for c in (a, b) if c is not None],
            )
        )
    return found


def _keyed(claims: Sequence[Claim]) -> dict[Key, Claim]:
    return {_key(claim): claim for claim in claims}


def _key(claim: Claim) -> Key:
    if claim.form == "statement":
        return (claim.id.partition("/")[2],)
    return (claim.benchmark or "", claim.model, claim.metric or "", claim.mode or "")
