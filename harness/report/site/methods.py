"""The page on methods, and the page where the data is."""

from typing import Any, get_args

from harness.records import Outcome, Says
from harness.report.exports import FORMATS
from harness.report.site.page import Page
from harness.report.site.plots import Rate, calibration
from harness.report.site.shelf import Shelf
from harness.report.site.words import Words
from harness.verdicts import RULE

DRAWN: tuple[Outcome, ...] = ("reproduced", "undecided", "contradicted")
OFF = (
    ("0 – ½", 0.0, 0.5),
    ("½ – 1", 0.5, 1.0),
    ("1 – 1½", 1.0, 1.5),
    ("1½ – 2", 1.5, 2.0),
    ("2 +", 2.0, float("inf")),
)
"""How far a planted claim is off, in margins: from, up to but without."""


def methods_page(shelf: Shelf) -> Page:
    """Return the rule, how often it is wrong, the checks on paper, and what is known of whole vendors."""
    audit = shelf.material.audit
    rates = _rates(shelf)
    data: dict[str, Any] = {
        "rule": RULE,
        "verdicts": list(get_args(Outcome)),
        "audit": None
        if audit is None
        else {
            "rule": audit.rule,
            "code": audit.code,
            "seed": audit.seed,
            "logs": len({row.log for row in audit.rows}),
            "rates": [
                {**rate.model_dump(mode="json"), "rate": rate.rate, "kept": rate.kept} for rate in audit.rates
            ],
            "calibration": [vars(rate) for rate in rates],
        },
        "vendors": [
            {
                "name": vendor.name,
                "claims": vendor.claims,
                "mean": vendor.effect.mean,
                "interval95": [vendor.effect.low, vendor.effect.high],
            }
            for vendor in shelf.material.vendors
        ],
        "checks": [check.described() for check in shelf.material.checks],
        "report": shelf.material.settings.report,
    }

    def extras(words: Words) -> dict[str, Any]:
        return {"plot": calibration(rates, words) if rates else None}

    title = Says(en="Methods", ko="방법")
    return Page("methods", "methods.html", title, data, extras, section="methods")


def _rates(shelf: Shelf) -> list[Rate]:
    """Return how often each verdict was drawn, by margin and how far claims were off; valid answers alone."""
    audit = shelf.material.audit
    rows = [row for row in audit.rows if row.valid] if audit else []
    found = []
    for margin in ("fixed", "decidable"):
        for label, low, high in OFF:
            group = [r for r in rows if low <= r.off < high and (r.margin == 1) == (margin == "fixed")]
            trials = sum(row.trials for row in group)
            for outcome in DRAWN if trials else ():
                found.append(
                    Rate(margin, label, outcome, sum(getattr(r, outcome) for r in group) / trials, trials)
                )
    return found


def data_page(shelf: Shelf, exports: list[dict[str, Any]]) -> Page:
    """Return the page that says where the data is; `exports` as `listed` describes them."""
    data = {
        "claims": len(shelf.standings),
        "exports": exports,
        "campaigns": len(shelf.material.campaigns),
        "formats": [{"name": f.name, "says": {"en": f.en, "ko": f.ko}} for f in FORMATS.values()],
        "twins": ["index", "claims", "models", "compare", "sources", "benchmarks", "campaigns", "methods"],
    }
    return Page("data", "data.html", Says(en="Data", ko="데이터"), data, section="data")
