"""A server that was started again."""

from harness.records.base import Record


class Restart(Record):
    """One line of restarts.jsonl."""

    when: str
    """Time in UTC, ISO 8601."""
    replica: int
    start: int
    """The start that follows: 2 for the first restart of this server."""
    kind: str
    """Kind of the failure, see harness/serving/failures.py."""
    found: str
    """What was seen of it."""
    line: str
    """The decisive line of its log; empty when there is none."""
