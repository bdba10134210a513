"""Run every check over the ledger."""

from collections import Counter
from collections.abc import Collection, Sequence

from harness.claims.checks import CHECKS
from harness.claims.checks.registry import Check
from harness.claims.desk import Desk
from harness.records import SEVERITIES, Claim, Finding, Record


class Report(Record):
    """What the desk check found; its fields are the JSON of `harness check`."""

    sources: int
    claims: int
    by_kind: dict[str, int]
    by_lane: dict[str, int]
    findings: list[Finding]


def run_checks(desk: Desk, selected: Collection[str] | None = None, checks: Sequence[Check] = CHECKS) -> Report:
    """Return every finding, the gravest first; the same ledger always gives the same report.

    `selected` are claim ids: findings that touch none of them are left out, and the counts are of them. A
    claim on two lanes counts on both, one that no lane can test under `none`.
    """
    found = [finding for check in checks for finding in check.run(desk)]
    claims: list[Claim] = desk.claims
    if selected is not None:
        wanted = set(selected)
        claims = [claim for claim in claims if claim.id in wanted]
        found = [finding for finding in found if wanted & set(finding.claims)]
    order = {check.name: place for place, check in enumerate(checks)}
    found.sort(key=lambda f: (-SEVERITIES.index(f.severity), order[f.check], f.id))
    lanes = Counter(lane for claim in claims for lane in (claim.lanes or ("none",)))
    return Report(
        sources=len({claim.source.id for claim in claims}),
        claims=len(claims),
        by_kind=dict(sorted(Counter(claim.kind for claim in claims).items())),
        by_lane=dict(sorted(lanes.items())),
        findings=found,
    )
