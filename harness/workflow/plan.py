"""What the verb `plan` does: what would be run, for which claims, at what cost; nothing is started."""

from collections.abc import Collection, Sequence

from harness.claims.select import select
from harness.config.settings import load_protocols, load_settings, project
from harness.errors import UsageError, nearest
from harness.planning.plan import Plan, plan_of
from harness.planning.runs import Catalogue, Changes, planned_runs, suite_runs, unplanned
from harness.store import open_store
from harness.store.throughput import read_throughput
from harness.workflow.preflight import preflights
from harness.workflow.verdicts import load_ledger


def plan(
    overrides: Sequence[str] = (),
    *,
    claims: str | None = None,
    models: Sequence[str] = (),
    suites: Sequence[str] = (),
    protocol: str | None = None,
) -> Plan:
    """Return the runs that would decide the claims that fit, or of whole suites on models, with their cost.

    With models and suites and no claims, the suites run whole; else `models` and `suites` narrow the claims down.
    `overrides` are those of the settings but for what the arguments say; the serving is the cluster's. Raises
    UsageError for a name that does not exist, and when nothing is left to plan.
    """
    configs = project().configs
    settings = load_settings(overrides)
    if not any(text.startswith("serving=") for text in overrides):
        settings = load_settings([f"serving={settings.cluster.serving}", *overrides])
    protocols, ledger = load_protocols(configs), load_ledger()
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
    in_flight = max(settings.serving.concurrency, settings.serving.concurrency_most or 0)
    table = read_throughput([open_store(settings).throughput])
    return plan_of(runs, left, before, catalogue, settings.cluster, table, in_flight)


def _known(kind: str, names: Sequence[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise UsageError(f"a {kind} in configs/{kind}/", name, where="command line", fix=nearest(name, known))
