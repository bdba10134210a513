"""Many claims at once: what is left of each verdict, and how far a vendor's claims are off together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.records import Claim, Outcome, Verdict
from harness.statistics.equivalence import FIXED
from harness.statistics.many import RandomEffects, holm, random_effects

Decided = Iterable[tuple[Claim, Verdict]]
SCORES = frozenset({"score", "average"})
"""Kinds whose difference is one of scores, so that several of them have a mean."""


@dataclass(frozen=True)
class Vendor:
    """The differences of a vendor's claims, measured minus claimed, in points of a hundred."""

    name: str
    claims: int
    effect: RandomEffects


def after_holm(decided: Decided) -> dict[str, Outcome]:
    """Return every measured claim's verdict when its model's claims are tested together.

    One model's claims are a family. "Reproduced" and "contradicted" are tests of their own, each adjusted
    over all measured claims of the family (`holm`): whatever is left has a chance of 5 % (2.5 %) that any of
    the family's is wrong. What does not last becomes undecided; nothing becomes stronger.
    """
    families: dict[str, list[Verdict]] = {}
    for claim, verdict in decided:
        if verdict.p_reproduced is not None and verdict.p_contradicted is not None:
            families.setdefault(claim.model, []).append(verdict)
    found: dict[str, Outcome] = {}
    for family in families.values():
        inside = holm([verdict.p_reproduced or 0.0 for verdict in family])
        outside = holm([verdict.p_contradicted or 0.0 for verdict in family])
        for verdict, p_inside, p_outside in zip(family, inside, outside, strict=True):
            lasts = {"reproduced": p_inside <= FIXED.inside, "contradicted": p_outside <= FIXED.outside}
            found[verdict.claim] = verdict.verdict if lasts.get(verdict.verdict, True) else "undecided"
    return found


def by_vendor(decided: Decided, developers: Mapping[str, str]) -> list[Vendor]:
    """Return each vendor's random-effects mean difference over its models' measured scores in percent.

    `developers` names the maker of each model. Only first-party claims without deviations count: what others
    say of a model, and what was measured on another set-up, is no statement of its maker's.
    """
    groups: dict[str, list[Verdict]] = {}
    for claim, verdict in decided:
        counts = claim.kind in SCORES and claim.unit == "percent" and claim.source.party == "first"
        if counts and verdict.error and not verdict.deviations and claim.model in developers:
            groups.setdefault(developers[claim.model], []).append(verdict)
    return [
        Vendor(
            name,
            len(verdicts),
            random_effects([v.difference or 0.0 for v in verdicts], [v.error or 0.0 for v in verdicts]),
        )
        for name, verdicts in sorted(groups.items())
    ]
