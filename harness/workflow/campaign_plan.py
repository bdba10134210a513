"""From a command to a campaign: which runs, on which servers, in which jobs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import harness
from harness.config.settings import Settings, load_benchmarks, load_models, project
from harness.errors import UsageError
from harness.planning.campaign import Needs, needs, server_jobs
from harness.planning.layout import fit_on
from harness.planning.plan import CostedRun
from harness.records import Campaign, Model
from harness.store import Store, open_store
from harness.workflow.plan import Wanted, plan, settings_of, wanted_by

_HELD = ("cluster", "serving", "items", "repeats")
"""Overrides that the plan holds already; `serving.x=y` is none of them."""


@dataclass(frozen=True)
class CampaignPlan:
    """A campaign, and what of the command it leaves out."""

    campaign: Campaign
    runs: list[CostedRun]
    left_out: dict[str, str]
    """Claim or model, and why."""
    guessed: dict[str, str]
    """Models whose GPUs no sizes say, and what their number rests on instead."""
    store: Store


def plan_campaign(arguments: Sequence[str], name: str | None) -> CampaignPlan:
    """Return the campaign that `claims=GLOB`, or `model=a,b suite=x,y`, and Hydra overrides ask for.

    Raises UsageError for a command that selects nothing, and when none of its models fits the cluster.
    """
    wanted = wanted_by(arguments)
    if wanted.claims is None and not (wanted.models and wanted.suites):
        raise UsageError(
            expected="claims=GLOB, or model=NAME[,NAME] with suite=NAME[,NAME]",
            found=" ".join(arguments) or "neither",
            where="command line",
            fix="harness submit claims='k_exaone_236b*' cluster=h200x8 --dry-run",
        )
    if not any(text.lstrip("+").startswith("cluster=") for text in arguments):
        raise UsageError(
            expected="cluster=NAME",
            found=" ".join(arguments),
            where="command line",
            fix="harness cluster list shows them; cluster=local runs the jobs on this machine",
        )
    settings = settings_of(wanted)
    found = plan(wanted, settings)
    left_out = {one.claim: one.why.en for one in found.unplanned}
    models = load_models(project().configs)
    placed: dict[str, Needs] = {}
    for model in dict.fromkeys(one.run.model for one in found.runs):
        needed = _needs(wanted, settings, models[model])
        if isinstance(needed, str):
            left_out[model] = needed
        else:
            placed[model] = needed
    if not placed:
        raise UsageError(
            expected=f"a model that cluster {settings.cluster.id} can serve",
            found="; ".join(f"{what}: {why}" for what, why in list(left_out.items())[:3]) or "no run",
            where="command line",
            fix="another cluster=, or harness plan, which says what every claim lacks",
        )
    overrides = [text for text in wanted.overrides if not _held(text)]
    jobs = server_jobs(found.runs, placed, settings.serving.id, overrides, load_benchmarks(project().configs))
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
        [one for one in found.runs if one.run.model in placed],
        left_out,
        {model: needed.guessed for model, needed in placed.items() if needed.guessed},
        open_store(settings),
    )


def _held(text: str) -> bool:
    key = text.lstrip("+").partition("=")[0]
    return key in _HELD or key.startswith("cluster.")


def _needs(wanted: Wanted, settings: Settings, model: Model) -> Needs | str:
    """Return what a model's servers take on the cluster, or why they cannot be had there."""
    if model.hosted is not None:
        return f"its maker serves it: harness run model={model.id} serving=hosted"
    if any(text.lstrip("+").startswith("model.") for text in wanted.overrides):
        model = settings_of(wanted, f"model={model.id}").model
    cluster = settings.cluster
    found = fit_on(model, cluster) if cluster.gpu is not None else None
    if found is not None and found.fits is False:
        return "; ".join(found.why)
    needed = needs(model, settings.serving, cluster, found)
    if cluster.nodes is not None and needed.nodes > cluster.nodes:
        return f"it takes {needed.nodes} nodes, and cluster.nodes is {cluster.nodes}"
    return needed


def _named(created: datetime, models: Sequence[str]) -> str:
    what = models[0] if len(models) == 1 else f"{len(models)}-models"
    return re.sub(r"[^a-z0-9_\-]", "-", f"{created:%Y%m%d-%H%M%S}-{what}")
