"""Validity checks on a run, computed from its samples and never assumed."""

from collections.abc import Iterator

from harness.records import Gate, Terms
from harness.statistics.selection import floor_repeats
from harness.verdicts.evidence import Evidence
from harness.verdicts.table import ScoreTable

MAX_ERRORS = 0.005
MAX_EMPTY = 0.005
MAX_TRUNCATED = 0.02
LENGTH = 0.10
"""How far the mean length of our answers may lie from a published one, as a share of it."""
SAMPLED = frozenset({"exceeds", "ratio", "rank"})
"""Kinds that compare models over sampled items: one run each is enough, one item is not."""


def check(terms: Terms, evidence: Evidence, delta: float) -> list[Gate]:
    """Return the gates of a measurement, those of comparators named so; `delta` is the margin in the claim's unit.

    Errors, empty, unparsed and truncated answers count as covered; only an unanswered one is missing, and any
    missing one fails, as do fewer items than the source measured.
    """
    found = [gate for table in evidence.ours for gate in _of(terms, table, delta)]
    if terms.looks:
        repeats = evidence.ours[0].repeats
        nearest = min(terms.looks, key=lambda look: abs(look - repeats))
        found.append(Gate(gate="look", value=repeats, limit=nearest, passed=repeats == nearest))
        floor = floor_repeats(evidence.ours[0].n)
        found.append(Gate(gate="floor", value=terms.looks[0], limit=floor, passed=terms.looks[0] >= floor))
    elsewhere = terms.model_copy(update={"published_tokens": None})
    for table in evidence.comparators:
        for gate in _of(elsewhere, table, delta):
            found.append(gate.model_copy(update={"gate": f"comparator's {gate.gate}"}))
    return found


def _of(terms: Terms, table: ScoreTable, delta: float) -> Iterator[Gate]:
    wanted = 0 if terms.n is None else max(terms.n - table.n, 0) * table.repeats
    missing = table.missing + wanted
    yield Gate(gate="coverage", value=missing, limit=0, passed=missing == 0)
    yield _at_most("errors", table.share("error"), MAX_ERRORS)
    yield _at_most("empty", table.share("empty"), MAX_EMPTY)
    # Where the source was cut at the same length the gate has nothing to guard.
    yield _at_most("truncation", table.share("truncated"), 1.0 if terms.same_cap else MAX_TRUNCATED)
    if terms.kind in SAMPLED:
        yield Gate(gate="items", value=table.groups, limit=2, passed=table.groups >= 2)
    else:
        yield Gate(gate="repeats", value=table.repeats, limit=2, passed=table.repeats >= 2)
    if table.lenient is not None:
        gap = abs(table.lenient - float(table.scores.mean())) * terms.span
        yield _at_most("extraction gap", gap, delta if delta > 0 else 0.01 * terms.span)
    if terms.published_tokens is not None:
        off = 1.0 if table.tokens is None else abs(table.tokens / terms.published_tokens - 1)
        yield _at_most("answer length", off, LENGTH)


def _at_most(name: str, value: float, limit: float) -> Gate:
    return Gate(gate=name, value=value, limit=limit, passed=value <= limit)
