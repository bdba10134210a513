"""The embedded default: a small real model, from its weights to a page, on this machine."""

import shutil
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
    if fresh:
        _set_aside(settings, display)
    ledger = load_ledger()  # before hours of work, not after
    report = run_suite(settings, display)
    decided = decide_all(store, ledger)
    site = build_site(store, decided)
    claims = [claim for claim in decided.claims if claim.model == settings.model.id]
    return Outcome(settings, report, claims, [decided.verdicts[claim.id] for claim in claims], str(site))


def _set_aside(settings: Settings, display: Display) -> None:
    """Move the model's earlier runs of the suite to results/aside/: answers are never deleted."""
    store = open_store(settings)
    for task in settings.suite.tasks:
        old = store.root / "runs" / settings.model.id / task.task
        if old.exists():
            number = 1
            while (new := store.root / "aside" / f"{settings.model.id}-{task.task}-{number}").exists():
                number += 1
            new.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(old, new)
            display.say(f"earlier answers moved to {store.relative(new)}")
