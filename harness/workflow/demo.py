"""The embedded default: a small real model, from its weights to a page, on this machine."""

from dataclasses import dataclass

from harness.config.settings import Settings, load_settings
from harness.records import Claim, Verdict
from harness.workflow.display import Display
from harness.workflow.run import RunReport, open_store, run_suite
from harness.workflow.site import build_site
from harness.workflow.verdicts import decide_all, load_ledger


@dataclass(frozen=True)
class Outcome:
    """What a run brought: verdicts on the model's claims, and where to look."""

    settings: Settings
    report: RunReport
    claims: list[Claim]
    verdicts: list[Verdict]
    site: str


def demo(overrides: list[str], display: Display, *, fresh: bool = False) -> Outcome:
    """Run the default settings with `overrides`; `fresh` sets earlier answers of the model aside first."""
    return measure(load_settings(overrides), display, fresh=fresh)


def measure(settings: Settings, display: Display, *, fresh: bool = False) -> Outcome:
    """Run the suite, decide the ledger, build the site; return how the model's claims stand."""
    store = open_store(settings)
    ledger = load_ledger()  # before hours of work, not after
    report = run_suite(settings, display, fresh=fresh)
    decided = decide_all(store, ledger)
    site = build_site(store, decided)
    claims = [claim for claim in decided.claims if claim.model == settings.model.id]
    return Outcome(settings, report, claims, [decided.verdicts[claim.id] for claim in claims], str(site))
