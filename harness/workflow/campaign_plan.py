"""From a command to a campaign: which runs, on which servers, in which jobs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import harness
from harness.claims.select import select
from harness.config.settings import (
    Settings,
    load_benchmarks,
    load_models,
    load_protocols,
    load_settings,
    load_suites,
    project,
)
from harness.errors import UsageError, nearest
from harness.planning.campaign import Needs, needs, server_jobs
from harness.planning.fit import fit
from harness.planning.runs import Catalogue, Changes, planned_runs, suite_runs, unplanned
from harness.records import Campaign, Cluster, Fit, Model, PlannedRun
from harness.workflow.preflight import preflight_ledger
from harness.workflow.verdicts import load_ledger

_SELECTS = ("claims", "model", "suite")


@dataclass(frozen=True)
class CampaignPlan:
    """A campaign, and what of the command it leaves out."""

    campaign: Campaign
    runs: list[PlannedRun]
    left_out: dict[str, str]
    """Claim or model, and why."""
    guessed: dict[str, str]
    """Models whose GPUs no sizes say, and what their number rests on instead."""


@dataclass(frozen=True)
class _Command:
    """A command, taken apart."""

    claims: str | None
    models: list[str]
    suites: list[str]
    rest: list[str]
    """Hydra overrides."""

    @property
    def changes(self) -> Changes:
        """What it says over the configs, as the planning knows it."""
        given = dict(text.lstrip("+").split("=", 1) for text in self.rest if "=" in text)
        items, repeats = given.get("items"), given.get("repeats")
        return Changes(given.get("protocol"), int(items) if items else None, int(repeats) if repeats else None)

    @property
    def overrides(self) -> list[str]:
        """What every client is told beside its suite: all that the plan does not hold already."""
        held = ("cluster=", "cluster.", "protocol=", "items=", "repeats=", "serving=")
        return [text for text in self.rest if not text.lstrip("+").startswith(held)]


def plan_campaign(arguments: Sequence[str], name: str | None) -> CampaignPlan:
    """Return the campaign that `claims=GLOB`, or `model=a,b suite=x,y`, and Hydra overrides ask for.

    Raises UsageError for a command that selects nothing, and when none of its models fits the cluster.
    """
    command = _taken_apart(arguments)
    catalogue = Catalogue(
        load_benchmarks(project().configs),
        load_suites(project().configs),
        load_models(project().configs),
        load_protocols(project().configs),
    )
    runs, left_out = _runs(command, catalogue)
    settings = _settings(command, runs)
    placed: dict[str, Needs] = {}
    for model in dict.fromkeys(run.model for run in runs):
        found = _needs(command, settings, catalogue.models[model])
        if isinstance(found, str):
            left_out[model] = found
        else:
            placed[model] = found
    if not placed:
        raise UsageError(
            expected=f"a model that cluster {settings.cluster.id} can serve",
            found="; ".join(f"{what}: {why}" for what, why in left_out.items()) or "no run",
            where="command line",
            fix="another cluster=, or harness plan, which says what every claim lacks",
        )
    jobs = server_jobs(runs, placed, settings.serving.id, command.overrides, catalogue.benchmarks)
    created = datetime.now(UTC)
    return CampaignPlan(
        Campaign(
            id=name or _named(created, list(placed)),
            created=created.isoformat(timespec="seconds"),
            code=harness.__version__,
            command=list(arguments),
            cluster=settings.cluster,
            jobs=jobs,
        ),
        [run for run in runs if run.model in placed],
        left_out,
        {model: needed.guessed for model, needed in placed.items() if needed.guessed},
    )


def _taken_apart(arguments: Sequence[str]) -> _Command:
    given: dict[str, str] = {}
    rest = []
    for text in arguments:
        key, _, value = text.partition("=")
        if key in _SELECTS:
            given[key] = value
        else:
            rest.append(text)
    models, suites = (given.get(key, "").split(",") if given.get(key) else [] for key in ("model", "suite"))
    if "claims" not in given and not (models and suites):
        raise UsageError(
            expected="claims=GLOB, or model=NAME[,NAME] with suite=NAME[,NAME]",
            found=" ".join(arguments) or "neither",
            where="command line",
            fix="harness submit claims='k_exaone_236b*' cluster=h200x8 --dry-run",
        )
    return _Command(given.get("claims"), models, suites, rest)


def _runs(command: _Command, catalogue: Catalogue) -> tuple[list[PlannedRun], dict[str, str]]:
    for key, names, known in (
        ("model", command.models, catalogue.models),
        ("suite", command.suites, catalogue.suites),
    ):
        for unknown in (name for name in names if name not in known):
            raise UsageError(f"a {key} with a config", unknown, where="command line", fix=nearest(unknown, known))
    ledger = load_ledger()
    if command.claims is None:
        return suite_runs(command.models, command.suites, ledger.claims, catalogue, command.changes), {}
    claims = select(ledger.claims, command.claims)
    asked = {one.claim: one.repeats for one in preflight_ledger(command.claims)}
    repeats = {claim: count for claim, count in asked.items() if count is not None}
    runs = planned_runs(claims, catalogue, needed=repeats, changes=command.changes)
    left_out = {one.claim: one.why.en for one in unplanned(claims, catalogue, command.changes)}
    return [
        run
        for run in runs
        if (not command.models or run.model in command.models)
        and (not command.suites or run.suite in command.suites)
    ], left_out


def _settings(command: _Command, runs: Sequence[PlannedRun]) -> Settings:
    """Return the settings of the first run: cluster and serving are those of all."""
    first = [f"model={runs[0].model}", f"suite={runs[0].suite}"] if runs else []
    settings = load_settings([*first, *command.rest])
    if any(text.startswith("serving=") for text in command.rest):
        return settings
    return load_settings([*first, f"serving={settings.cluster.serving}", *command.rest])


def _needs(command: _Command, settings: Settings, model: Model) -> Needs | str:
    """Return what a model's servers take on the cluster, or why they cannot be had there."""
    if model.hosted is not None:
        return f"its maker serves it: harness run model={model.id} serving=hosted"
    if any(text.lstrip("+").startswith("model.") for text in command.rest):
        model = load_settings([f"model={model.id}", *command.rest]).model
    cluster = settings.cluster
    try:
        found = _fit(model, cluster) if cluster.gpu is not None else None
    except UsageError:  # nobody has entered its sizes
        found = None
    if found is not None and found.fits is False:
        return "; ".join(found.why)
    needed = needs(model, settings.serving, cluster, found)
    if cluster.nodes is not None and needed.nodes > cluster.nodes:
        return f"it takes {needed.nodes} nodes, and cluster.nodes is {cluster.nodes}"
    return needed


def _fit(model: Model, cluster: Cluster) -> Fit:
    return fit(model, str(cluster.gpu), gpus_per_node=cluster.gpus_per_node)


def _named(created: datetime, models: Sequence[str]) -> str:
    what = models[0] if len(models) == 1 else f"{len(models)}-models"
    return re.sub(r"[^a-z0-9_\-]", "-", f"{created:%Y%m%d-%H%M%S}-{what}")
