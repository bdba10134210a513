"""Dates of sources and answers as timestamps."""

from datetime import UTC, datetime


def moment(date: str | None) -> datetime:
    """Return the beginning of a date in UTC, which may be partial (`2025-08`), or a time; 1970 for None."""
    if not date:
        return datetime.fromtimestamp(0, UTC)
    whole = date + "-01" * (2 - date.count("-")) if len(date) < len("2025-08-01") else date
    found = datetime.fromisoformat(whole)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def timestamp(date: str | None) -> float:
    """Return `moment` in Unix time."""
    return moment(date).timestamp()


def atom_time(date: str | None) -> str:
    """Return `moment` as RFC 3339 has it, to the second: `2026-11-22T00:00:00Z`."""
    return moment(date).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
