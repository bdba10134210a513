"""Validity checks on a run, computed from its samples and never assumed."""

from collections.abc import Collection, Sequence

from harness.records import Gate, Sample

MAX_ERRORS = 0.005
MAX_EMPTY = 0.005
MAX_TRUNCATED = 0.02


def check(samples: Sequence[Sample], expected: Collection[tuple[str, int]], *, cap_known: bool) -> list[Gate]:
    """Return the gates of a run.

    `expected` holds every (item, repeat) that must have a final status; errors, empty, unparsed and
    truncated answers count as covered, only an unanswered one is missing, and any missing one fails.
    `cap_known` says that the source states a cap on tokens and that it is not larger than ours; the
    truncation gate then has nothing to guard, because the source was cut at the same length.
    """
    answered = {sample.key for sample in samples}
    missing = sum(key not in answered for key in expected)
    count = max(len(samples), 1)
    errors = sum(sample.status == "error" for sample in samples) / count
    empty = sum(sample.status == "empty" for sample in samples) / count
    truncated = sum(sample.status == "truncated" for sample in samples) / count
    truncation_limit = 1.0 if cap_known else MAX_TRUNCATED
    return [
        Gate(gate="coverage", value=missing, limit=0, passed=missing == 0),
        Gate(gate="errors", value=errors, limit=MAX_ERRORS, passed=errors <= MAX_ERRORS),
        Gate(gate="empty", value=empty, limit=MAX_EMPTY, passed=empty <= MAX_EMPTY),
        Gate(
            gate="truncation",
            value=truncated,
            limit=truncation_limit,
            passed=truncated <= truncation_limit,
        ),
    ]
