"""Runs with what they cost, and what of that each claim bears."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.planning.cost import cost_of, place_of, total
from harness.planning.decidable import Preflight
from harness.planning.runs import Catalogue, Unplanned
from harness.records import Cluster, Cost, PlannedRun, Says, Throughput


@dataclass(frozen=True)
class CostedRun:
    """A run and its cost."""

    run: PlannedRun
    cost: Cost


@dataclass(frozen=True)
class ClaimShare:
    """A claim that runs are planned for."""

    claim: str
    decidable: bool | None
    """By the runs planned, at its margin, were it true; None where that cannot be told before a run."""
    why: Says
    runs: int
    gpu_hours: float | None
    """Of each of its runs the part of one claim among all that share it; None where one of them is not known."""
    gpu_hours_most: float | None


@dataclass(frozen=True)
class Plan:
    """What would be run, for what, at what cost."""

    cluster: str
    runs: list[CostedRun]
    claims: list[ClaimShare]
    unplanned: list[Unplanned]
    total: Cost


def plan_of(
    runs: Sequence[PlannedRun],
    unplanned: Sequence[Unplanned],
    preflights: Mapping[str, Preflight],
    catalogue: Catalogue,
    cluster: Cluster,
    table: Sequence[Throughput],
    in_flight: int,
) -> Plan:
    """Return the plan of `runs` on a cluster; `preflights` by claim, `table` what was measured before.

    `in_flight` is how many requests a client keeps under way at one server.
    """
    places = {name: place_of(catalogue.models[name], cluster) for name in dict.fromkeys(run.model for run in runs)}
    costed = [
        CostedRun(
            run,
            cost_of(
                run,
                catalogue.models[run.model],
                catalogue.benchmarks[run.benchmark],
                catalogue.protocols[run.protocol],
                places[run.model],
                table,
                in_flight,
            ),
        )
        for run in runs
    ]
    return Plan(
        cluster.id, costed, _shares(costed, preflights), list(unplanned), total(each.cost for each in costed)
    )


def _shares(costed: Sequence[CostedRun], preflights: Mapping[str, Preflight]) -> list[ClaimShare]:
    by_claim: dict[str, list[CostedRun]] = {}
    for each in costed:
        for name in each.run.claims:
            by_claim.setdefault(name, []).append(each)
    return [_share(preflights[name], group) for name, group in by_claim.items()]


def _share(before: Preflight, group: Sequence[CostedRun]) -> ClaimShare:
    """Return a claim's part; one that asks for more repeats than are planned is not decided by them."""
    planned = min((each.run.repeats or 0 for each in group), default=0)
    short = before.repeats is not None and before.repeats > planned
    more = Says(
        en=f", of which {planned} are planned; repeats={before.repeats} asks for all",
        ko=f", 계획된 반복은 {planned}회 (모두 하려면 repeats={before.repeats})",
    )
    return ClaimShare(
        before.claim,
        False if short else before.decidable,
        Says(en=before.why.en + more.en, ko=before.why.ko + more.ko) if short else before.why,
        len(group),
        _part([(each.cost.gpu_hours, len(each.run.claims)) for each in group]),
        _part([(each.cost.gpu_hours_most, len(each.run.claims)) for each in group]),
    )


def _part(hours: Sequence[tuple[float | None, int]]) -> float | None:
    known = [value / sharing for value, sharing in hours if value is not None]
    return sum(known) if len(known) == len(hours) else None
