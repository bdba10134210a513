"""Everything the site is made of, laid out by what a page is about."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from harness.claims.checks.registry import Check
from harness.planning.plan import Plan
from harness.planning.zoo import ModelRow, row_of
from harness.records import (
    Attempt,
    Audit,
    Benchmark,
    Campaign,
    Claim,
    Finding,
    Model,
    Outcome,
    Progress,
    ServerJob,
    Source,
    Subject,
    Surrender,
    Verdict,
)
from harness.records.site import SiteSettings
from harness.report.site.pairs import Pair, pairs, row_of_table
from harness.report.third_party import ThirdPartyScore, by_claim
from harness.verdicts import RunEvidence
from harness.verdicts.families import Vendor

T = TypeVar("T")
_WORST: tuple[Outcome, ...] = ("contradicted", "undecided", "reproduced")


@dataclass(frozen=True)
class JobRecords:
    """What is on record of one job of a campaign."""

    job: ServerJob
    attempts: Sequence[Attempt] = ()
    progress: Progress | None = None
    surrender: Surrender | None = None
    submitted: bool = False


@dataclass(frozen=True)
class CampaignRecords:
    """A campaign's plan, and what is on record of its jobs, in the plan's order."""

    plan: Campaign
    jobs: Sequence[JobRecords]


@dataclass(frozen=True)
class Material:
    """What pages are computed from."""

    claims: Sequence[Claim]
    verdicts: Mapping[str, Verdict]
    settings: SiteSettings
    models: Mapping[str, Model] = field(default_factory=dict)
    benchmarks: Mapping[str, Benchmark] = field(default_factory=dict)
    subjects: Mapping[str, Subject] = field(default_factory=dict)
    runs: Sequence[RunEvidence] = ()
    findings: Sequence[Finding] = ()
    checks: Sequence[Check] = ()
    vendors: Sequence[Vendor] = ()
    after_holm: Mapping[str, Outcome] = field(default_factory=dict)
    audit: Audit | None = None
    third_party: Sequence[ThirdPartyScore] = ()
    """What others measured; no evidence for a verdict."""
    reproduce: Mapping[str, str] = field(default_factory=dict)
    """The command that measures a claim, by its id."""
    planned: Plan | None = None
    """The runs that would decide the claims, and what they cost."""
    campaigns: Sequence[CampaignRecords] = ()


@dataclass(frozen=True)
class Standing:
    """One claim and how it stands on both lanes."""

    claim: Claim
    verdict: Verdict | None
    """Of the measured lane; None for a claim that is not on it."""
    findings: Sequence[Finding]
    """What the desk check found about it, the gravest first."""
    witness: Sequence[Finding]
    """Findings on other claims that it is evidence for."""

    @property
    def measured(self) -> Outcome | None:
        """How it stands by measurement."""
        return self.verdict.verdict if self.verdict else None

    @property
    def desk(self) -> Outcome | None:
        """How it stands on paper: the worst that was found; None where nothing was held against it."""
        found = {finding.verdict for finding in self.findings}
        return next((outcome for outcome in _WORST if outcome in found), None)


class Shelf:
    """The material by claim, model, source, benchmark and team."""

    def __init__(self, material: Material) -> None:
        self.material = material
        judged: dict[str, list[Finding]] = defaultdict(list)
        witness: dict[str, list[Finding]] = defaultdict(list)
        for finding in material.findings:
            for name in finding.judged:
                judged[name].append(finding)
            for name in set(finding.claims) - set(finding.judged):
                witness[name].append(finding)
        self.standings = {
            claim.id: Standing(
                claim,
                material.verdicts[claim.id] if "measured" in claim.lanes else None,
                judged.get(claim.id, []),
                witness.get(claim.id, []),
            )
            for claim in material.claims
        }
        self.by_model = _grouped(self.standings.values(), lambda s: [s.claim.model])
        self.by_source = _grouped(self.standings.values(), lambda s: [s.claim.source.id])
        self.by_benchmark = _grouped(
            self.standings.values(), lambda s: [s.claim.benchmark] if s.claim.benchmark else []
        )
        self.by_row = _grouped(self.standings.values(), _row_of)
        self.by_subject = _grouped(self.standings.values(), lambda s: [_topic(s.claim)])
        self.sources: dict[str, Source] = {claim.source.id: claim.source for claim in material.claims}
        self.runs = {run.folder: run for run in material.runs}
        runs = material.planned.runs if material.planned else []
        self.planned = _grouped(enumerate(runs), lambda pair: pair[1].run.claims)
        """The runs that a claim needs, each with its place in the plan."""
        self.third_party = by_claim(material.claims, material.third_party)

    @cached_property
    def teams(self) -> dict[str, list[str]]:
        """What belongs to each team that has a model here: its models, their variants and families, itself."""
        material = self.material
        teams = {s.name: s.id for s in material.subjects.values() if s.kind == "team"}
        owner = {m.id: teams[m.developer] for m in material.models.values() if m.developer in teams}
        for subject in material.subjects.values():
            parts = [subject.of] if subject.of else subject.stands_for
            owners = {owner.get(part) for part in parts}
            if subject.kind != "team" and len(owners) == 1 and None not in owners:
                owner[subject.id] = next(iter(owners)) or ""
        found: dict[str, list[str]] = {team: [] for team in teams.values() if team in owner.values()}
        for name, team in owner.items():
            found[team].append(name)
        return {team: [*members, team] for team, members in found.items()}

    @cached_property
    def pairs(self) -> dict[frozenset[str], Pair]:
        """The pairs of models that have a page of their own, in the order of their names."""
        of_teams = {member for members in self.teams.values() for member in members}
        return pairs([s.claim for s in self.standings.values()], of_teams)

    @cached_property
    def runs_on(self) -> dict[str, dict[str, list[RunEvidence]]]:
        """Runs by benchmark and model."""
        found: dict[str, dict[str, list[RunEvidence]]] = defaultdict(lambda: defaultdict(list))
        for run in self.material.runs:
            found[run.manifest.benchmark][run.manifest.identity.model].append(run)
        return {benchmark: dict(models) for benchmark, models in found.items()}

    @cached_property
    def planned_runs(self) -> list[dict[str, Any]]:
        """Every run of the plan as pages show it, told once for all claims that need it."""
        runs = self.material.planned.runs if self.material.planned else []
        return [
            {
                **each.run.model_dump(mode="json", exclude={"claims", "suite"}),
                "model_name": self.name(each.run.model),
                "benchmark_name": self.benchmark_name(each.run.benchmark),
                "claims": len(each.run.claims),
                "cost": each.cost.model_dump(mode="json"),
            }
            for each in runs
        ]

    @cached_property
    def rows(self) -> dict[str, ModelRow]:
        """Every model with a config at a glance."""
        return {model.id: row_of(model) for model in self.material.models.values()}

    def name(self, subject: str) -> str:
        """Return what a model or another subject is called."""
        model = self.material.models.get(subject)
        if model is not None:
            return model.name
        other = self.material.subjects.get(subject)
        return other.name if other is not None else subject

    def benchmark_name(self, benchmark: str) -> str:
        """Return what a benchmark is called."""
        record = self.material.benchmarks.get(benchmark)
        return record.names[0] if record is not None else benchmark

    def elsewhere(self, standing: Standing) -> list[Standing]:
        """Return claims about the same thing: same subject, same benchmark or quantity."""
        return [other for other in self.by_subject[_topic(standing.claim)] if other is not standing]

    def beside(self, standing: Standing) -> list[Standing]:
        """Return the other cells of the claim's row in its table."""
        return [s for key in _row_of(standing) for s in self.by_row[key] if s is not standing]


def _row_of(standing: Standing) -> list[str]:
    return [row] if (row := row_of_table(standing.claim)) else []


def _topic(claim: Claim) -> str:
    about = claim.benchmark or claim.quantity
    return f"{claim.model} {about} {claim.kind}" if about else claim.id


def _grouped(members: Iterable[T], keys: Callable[[T], Iterable[str]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for member in members:
        for key in keys(member):
            found[key].append(member)
    return dict(found)
