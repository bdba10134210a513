"""From settings to verdicts and pages on this machine: what the verbs `demo` and `run` do."""

from dataclasses import dataclass
from functools import partial

from harness.claims.check import run_checks
from harness.config.settings import Settings
from harness.records import Claim, Verdict
from harness.store import open_store
from harness.workflow.check import desk_of
from harness.workflow.display import Display
from harness.workflow.run import RunReport, run_suite
from harness.workflow.site import build_site
from harness.workflow.verdicts import decide_all, load_ledger, settles


@dataclass(frozen=True)
class Measured:
    """What a run brought: verdicts on the model's claims, and where to look."""

    report: RunReport
    claims: list[Claim]
    verdicts: list[Verdict]
    site: str


def measure(settings: Settings, display: Display, *, fresh: bool = False) -> Measured:
    """Run the suite, decide the ledger, build the site; return how the model's claims stand.

    `fresh` sets earlier answers of these runs aside first. Raises what `load_ledger` and `run_suite` raise.
    """
    store = open_store(settings)
    ledger = load_ledger()  # before hours of work, not after
    report = run_suite(settings, display, fresh=fresh, settled=partial(settles, ledger))
    decided = decide_all(store, ledger)
    site = build_site(store, decided, run_checks(desk_of(ledger)).findings)
    claims = [claim for claim in decided.claims if claim.model == settings.model.id]
    return Measured(report, claims, [decided.verdicts[claim.id] for claim in claims], str(site))
