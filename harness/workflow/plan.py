"""What the verb `plan` does: what would be run, for which claims, at what cost; nothing is started."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from harness.claims.select import select
from harness.config.settings import Settings, load_protocols, load_settings, project
from harness.errors import UsageError, nearest
from harness.planning.plan import Plan, plan_of
from harness.planning.runs import Catalogue, Changes, planned_runs, suite_runs, unplanned
from harness.store import open_store
from harness.store.throughput import read_throughput
from harness.workflow.preflight import preflights
from harness.workflow.verdicts import Ledger, load_ledger

NAMED = ("claims", "model", "suite", "protocol")
"""Keys of a command that say what is run, not how."""


@dataclass(frozen=True)
class Wanted:
    """What a command asks for."""

    claims: str | None
    models: list[str]
    suites: list[str]
    protocol: str | None
    overrides: list[str]
    """The rest: Hydra overrides of the settings."""


def wanted_by(arguments: Sequence[str]) -> Wanted:
    """Return a command's `claims=`, `model=a,b`, `suite=x,y` and `protocol=`, and its other overrides.

    Raises UsageError for a key given twice.
    """
    named = [text for text in arguments if text.partition("=")[0] in NAMED]
    given: dict[str, str] = {}
    for text in named:
        key, _, value = text.partition("=")
        if key in given:
            raise UsageError(f"{key}= once", f"{key}={given[key]} and {text}", where="command line")
        given[key] = value
    return Wanted(
        given.get("claims"),
        [name for name in given.get("model", "").split(",") if name],
        [name for name in given.get("suite", "").split(",") if name],
        given.get("protocol"),
        [text for text in arguments if text not in named],
    )


def settings_of(wanted: Wanted, *chosen: str) -> Settings:
    """Return the settings of a command, with the serving of its cluster where it names none; raises UsageError.

    `chosen` are overrides beneath its own, such as a model.
    """
    overrides = [*chosen, *wanted.overrides]
    settings = load_settings(overrides)
    if any(text.startswith("serving=") for text in overrides):
        return settings
    return load_settings([f"serving={settings.cluster.serving}", *overrides])


def plan(wanted: Wanted, settings: Settings, ledger: Ledger | None = None) -> Plan:
    """Return the runs that would decide the claims that fit, or of whole suites on models, with their cost.

    `settings` are those of the command, `ledger` the project's where none is given. With models and suites and no
    claims, the suites run whole; else models and suites narrow the claims down.
    Raises UsageError for a name that does not exist, and when nothing is left to plan.
    """
    claims, models, suites, protocol = wanted.claims, wanted.models, wanted.suites, wanted.protocol
    configs = project().configs
    protocols, ledger = load_protocols(configs), ledger or load_ledger()
    _known("protocol", [protocol] if protocol else [], protocols)
    _known("model", models, ledger.models)
    _known("suite", suites, ledger.suites)
    catalogue = Catalogue(ledger.benchmarks, ledger.suites, ledger.models, protocols)
    changes = Changes(protocol, settings.items, settings.repeats)
    before = {one.claim: one for one in preflights(ledger, ledger.claims)}
    if models and suites and claims is None:
        runs, left = suite_runs(models, suites, ledger.claims, catalogue, changes), []
    else:
        chosen = ledger.claims if claims is None else select(ledger.claims, claims)
        chosen = [c for c in chosen if not models or c.model in models]
        if not chosen:
            raise UsageError("a claim on one of these models", f"claims={claims} model={','.join(models)}")
        if suites:
            narrowed = {name: ledger.suites[name] for name in suites}
            catalogue = Catalogue(ledger.benchmarks, narrowed, ledger.models, protocols)
        needed = {name: one.repeats for name, one in before.items() if one.repeats is not None}
        runs = planned_runs(chosen, catalogue, needed=needed, changes=changes)
        left = unplanned(chosen, catalogue, changes)
    if any(text.lstrip("+").startswith("protocol.") for text in wanted.overrides):
        used = dict.fromkeys(run.protocol for run in runs)
        changed = {name: settings_of(wanted, f"protocol={name}").protocol for name in used}
        catalogue = replace(catalogue, protocols={**protocols, **changed})
    in_flight = max(settings.serving.concurrency, settings.serving.concurrency_most or 0)
    table = read_throughput([open_store(settings).throughput])
    return plan_of(runs, left, before, catalogue, settings.cluster, table, in_flight)


def _known(kind: str, names: Sequence[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise UsageError(f"a {kind} in configs/{kind}/", name, where="command line", fix=nearest(name, known))
