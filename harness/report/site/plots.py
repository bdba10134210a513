"""Page-level plots as static SVG, from Altair: readable without scripts, in the colours of the page.

Every colour of a plot is one of those of `INKS`, for which the page's own variables are put, so that a plot turns
dark with its page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from markupsafe import Markup, escape

from harness.records import Outcome
from harness.report.site.text import visible
from harness.report.site.words import Words

if TYPE_CHECKING:
    import altair

INKS = {
    "#100001": "var(--ink)",
    "#100002": "var(--quiet)",
    "#100003": "var(--rule)",
    "#100004": "var(--band)",
    "#100005": "var(--reproduced)",
    "#100006": "var(--contradicted)",
    "#100007": "var(--undecided)",
    "#100008": "var(--depends)",
}
INK, QUIET, RULE, BAND, GREEN, RED, AMBER, VIOLET = INKS
COLOURS: dict[Outcome, str] = {
    "reproduced": GREEN,
    "contradicted": RED,
    "undecided": AMBER,
    "protocol_dependent": VIOLET,
    "not_measured": QUIET,
    "not_testable": QUIET,
}
SHAPES: dict[Outcome, str] = {
    "reproduced": "circle",
    "contradicted": "cross",
    "undecided": "diamond",
    "protocol_dependent": "square",
    "not_measured": "stroke",
    "not_testable": "stroke",
}
FONT = "Pretendard, Apple SD Gothic Neo, Noto Sans KR, Malgun Gothic, NanumGothic, system-ui, sans-serif"
MOST = 60
"""Claims in one forest plot: the farthest off."""


@dataclass(frozen=True)
class Point:
    """A measured score, in percent."""

    claim: str
    label: str
    model: str
    claimed: float
    measured: float
    difference: float
    low: float
    high: float
    delta: float
    verdict: Outcome


@dataclass(frozen=True)
class Rate:
    """How often a verdict was drawn on planted claims that were `off` margins from the truth."""

    off: float
    verdict: Outcome
    share: float
    trials: int


def forest(points: Sequence[Point], words: Words) -> Markup:
    """Return the forest plot of a model's measured scores: measured minus claimed, with 95 % intervals and the margin."""
    import altair as alt  # noqa: PLC0415 - slow to import, and most builds draw nothing new

    shown = sorted(points, key=lambda p: (-abs(p.difference), p.claim))[:MOST]
    rows = [
        {
            "label": f"{visible(p.label)[:48]} ({i + 1})" if _twice(shown, p) else visible(p.label)[:48],
            "order": i,
            "d": p.difference,
            "low": p.low,
            "high": p.high,
            "from": -p.delta,
            "to": p.delta,
            "verdict": p.verdict,
        }
        for i, p in enumerate(sorted(shown, key=lambda p: (p.difference, p.claim)))
    ]
    y = alt.Y("label:N", sort=alt.SortField("order"), title=None)
    x = alt.X("low:Q", title=words("measured_minus_claimed"))
    base = alt.Chart(alt.Data(values=rows))
    layers = [
        base.mark_bar(color=BAND, height={"band": 1}).encode(y=y, x="from:Q", x2="to:Q"),
        base.mark_rule(color=INK).encode(x=alt.datum(0)),
        base.mark_rule(strokeWidth=2).encode(y=y, x=x, x2="high:Q", color=_coloured()),
        base.mark_point(filled=True, size=70, opacity=1).encode(y=y, x="d:Q", color=_coloured(), shape=_shaped()),
    ]
    chart = alt.layer(*layers).properties(width=420, height=alt.Step(24))
    told = words("forest_alt", n=len(points), shown=len(rows))
    return _svg(chart, told)


def claimed_against_measured(points: Sequence[Point], words: Words) -> Markup:
    """Return the scatter of measured over claimed scores, with 95 % intervals around the measured one."""
    import altair as alt  # noqa: PLC0415

    rows = [
        {"c": p.claimed, "m": p.measured, "low": p.claimed + p.low, "high": p.claimed + p.high, "verdict": p.verdict}
        for p in points
    ]
    scale = alt.Scale(domain=[0, 100])
    x = alt.X("c:Q", title=words("claimed_percent"), scale=scale)
    y = alt.Y("low:Q", title=words("measured_percent"), scale=scale)
    line = alt.Chart(alt.Data(values=[{"c": 0, "low": 0}, {"c": 100, "low": 100}]))
    base = alt.Chart(alt.Data(values=rows))
    layers = [
        line.mark_line(color=RULE, strokeWidth=1).encode(x=x, y=y),
        base.mark_rule(strokeWidth=1.5).encode(x=x, y=y, y2="high:Q", color=_coloured()),
        base.mark_point(filled=True, size=60, opacity=1).encode(x=x, y="m:Q", color=_coloured(), shape=_shaped()),
    ]
    return _svg(alt.layer(*layers).properties(width=360, height=360), words("scatter_alt", n=len(points)))


def calibration(rates: Sequence[Rate], words: Words) -> Markup:
    """Return how often each verdict was drawn, over how far the planted claim was off."""
    import altair as alt  # noqa: PLC0415

    rows = [{"off": r.off, "share": r.share, "verdict": r.verdict} for r in rates]
    last = [row | {"name": words.of("verdict", str(row["verdict"]))} for row in rows if row["off"] == rates[-1].off]
    x = alt.X("off:Q", title=words("off_in_margins"))
    y = alt.Y("share:Q", title=words("share_of_planted"), axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    base = alt.Chart(alt.Data(values=rows))
    layers = [
        base.mark_rule(color=QUIET, strokeDash=[4, 3]).encode(x=alt.datum(1)),
        base.mark_line(strokeWidth=2).encode(x=x, y=y, color=_coloured()),
        base.mark_point(filled=True, size=60, opacity=1).encode(x=x, y=y, color=_coloured(), shape=_shaped()),
        alt.Chart(alt.Data(values=last))
        .mark_text(align="left", dx=8, fontSize=13)
        .encode(x=x, y=y, text="name:N", color=_coloured()),
    ]
    return _svg(alt.layer(*layers).properties(width=420, height=260), words("calibration_alt"))


def _twice(points: Sequence[Point], point: Point) -> bool:
    return sum(other.label == point.label for other in points) > 1


def _coloured() -> "altair.Color":
    import altair as alt  # noqa: PLC0415

    scale = alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
    return alt.Color("verdict:N", scale=scale, legend=None)


def _shaped() -> "altair.Shape":
    import altair as alt  # noqa: PLC0415

    scale = alt.Scale(domain=list(SHAPES), range=list(SHAPES.values()))
    return alt.Shape("verdict:N", scale=scale, legend=None)


def _svg(chart: Any, alternative: str) -> Markup:
    """Return a chart as inline SVG that says in words what it shows."""
    axis = {"labelColor": QUIET, "titleColor": INK, "gridColor": RULE, "domainColor": RULE, "tickColor": RULE}
    axis |= {"labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal", "labelLimit": 260}
    chart = chart.configure(font=FONT, background="transparent").configure_view(stroke=None).configure_axis(**axis)
    svg = _drawn(msgspec.json.encode(chart.to_dict(), order="deterministic"))
    head, _, rest = svg.partition(">")
    label = escape(alternative)
    return Markup(f'{head} role="img" aria-label="{label}">{rest}')


@lru_cache(maxsize=512)
def _drawn(specification: bytes) -> str:
    import vl_convert  # noqa: PLC0415 - starts an engine of its own

    svg: str = vl_convert.vegalite_to_svg(specification.decode())
    for colour, variable in INKS.items():
        svg = svg.replace(colour, variable)
    return svg
