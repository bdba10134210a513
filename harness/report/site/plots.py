"""Page-level plots as static SVG, from Altair: readable without scripts, in the colours of the page.

Every colour of a plot is one of those of `INKS`, for which the page's own variables are put, so that a plot turns
dark with its page.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from markupsafe import Markup, escape

from harness.records import Outcome
from harness.report.marks import MARKS
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
    "#100009": "var(--card)",
    "#10000a": "var(--accent)",
}
INK, QUIET, RULE, BAND, GREEN, RED, AMBER, VIOLET, CARD, ACCENT = INKS
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
ROWS = "rows"
X, Y = "@x@", "@y@"
"""Where the titles of the axes will stand."""
Specification = dict[str, Any]
"""A chart as Vega-Lite."""
MOST = 60
"""Claims in one forest plot: the farthest off."""
MOST_LINES = 24
"""Benchmarks in one slope plot: those on which the two lie farthest apart."""
NAME = 24
"""Characters of a benchmark's name beside a slope."""
LABEL = 17
"""Pixels from one label of a slope plot to the next."""
LABELLED = 0.12
"""Least share that has room for its number."""


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
class Slope:
    """What two models are said to score on one benchmark, in percent."""

    label: str
    first: float
    second: float
    decimals: int
    """As printed."""


@dataclass(frozen=True)
class Rate:
    """How often a verdict was drawn on planted claims that were `off` margins from the truth."""

    margin: str
    """`fixed`: the rule's own; `decidable`: the least one that the log's noise allows to decide."""
    off: str
    verdict: Outcome
    share: float
    trials: int


def forest(points: Sequence[Point], words: Words) -> Markup:
    """Return the forest plot of a model's measured scores: measured minus claimed, 95 % intervals, the margin."""
    shown = sorted(points, key=lambda p: (-abs(p.difference), p.claim))[:MOST]
    named = Counter(p.label for p in shown)
    rows = [
        {
            "label": visible(p.label)[:48] + (f" ({i + 1})" if named[p.label] > 1 else ""),
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
    told = words("forest_alt", n=len(points), shown=len(rows))
    return _svg(_forest(), rows, told, {X: words("measured_minus_claimed")})


@cache
def _forest() -> Specification:
    import altair as alt  # noqa: PLC0415 - slow to import, and most builds draw nothing new

    y = alt.Y("label:N", sort=alt.SortField("order"), title=None)
    x = alt.X("low:Q", title=X)
    base = alt.Chart(alt.NamedData(ROWS))
    layers = [
        base.mark_bar(color=BAND, height={"band": 1}).encode(y=y, x="from:Q", x2="to:Q"),
        _fixed([{"zero": 0}]).mark_rule(color=INK).encode(x="zero:Q"),
        base.mark_rule(strokeWidth=2).encode(y=y, x=x, x2="high:Q", color=_coloured()),
        base.mark_point(filled=True, size=70, opacity=1).encode(y=y, x="d:Q", color=_coloured(), shape=_shaped()),
    ]
    return _specified(alt.layer(*layers).properties(width=420, height=alt.Step(24)))


def claimed_against_measured(points: Sequence[Point], words: Words) -> Markup:
    """Return the scatter of measured over claimed scores, with 95 % intervals around the measured one."""
    rows = [
        {
            "c": p.claimed,
            "m": p.measured,
            "low": max(0, p.claimed + p.low),
            "high": min(100, p.claimed + p.high),
            "verdict": p.verdict,
        }
        for p in points
    ]
    told = words("scatter_alt", n=len(points))
    return _svg(_scatter(), rows, told, {X: words("claimed_percent"), Y: words("measured_percent")})


@cache
def _scatter() -> Specification:
    import altair as alt  # noqa: PLC0415

    scale = alt.Scale(domain=[0, 100])
    x = alt.X("c:Q", title=X, scale=scale)
    y = alt.Y("low:Q", title=Y, scale=scale)
    line = _fixed([{"c": 0, "low": 0}, {"c": 100, "low": 100}])
    base = alt.Chart(alt.NamedData(ROWS))
    layers = [
        line.mark_line(color=RULE, strokeWidth=1).encode(x=x, y=y),
        base.mark_rule(strokeWidth=1.5).encode(x=x, y=y, y2="high:Q", color=_coloured()),
        base.mark_point(filled=True, size=60, opacity=1).encode(x=x, y="m:Q", color=_coloured(), shape=_shaped()),
    ]
    return _specified(alt.layer(*layers).properties(width=360, height=360))


def slopes(lines: Sequence[Slope], first: str, second: str, words: Words) -> Markup:
    """Return the slope plot of two models' claimed scores: a line per benchmark, named at both of its ends."""
    shown = sorted(lines, key=lambda s: (-abs(s.first - s.second), s.label))[:MOST_LINES]
    values = [value for s in shown for value in (s.first, s.second)]
    # Pixels per point: the labels of one end have room, and lines that lie close can be told apart.
    scale = max(240, 1.4 * LABEL * len(shown)) / max(max(values) - min(values), 5.0)
    rows: list[dict[str, Any]] = []
    for x, ends in ((0, [s.first for s in shown]), (1, [s.second for s in shown])):
        for s, end, place in zip(shown, ends, _apart(ends, LABEL / scale), strict=True):
            name = visible(s.label)
            name = name if len(name) <= NAME else f"{name[: NAME - 1]}…"
            told = f"{end:.{s.decimals}f}"
            rows.append(
                {
                    "line": s.label,
                    "x": x,
                    "y": end,
                    "place": place,
                    "beside": 1.12 if x else -0.12,
                    "label": f"{told} {name}" if x else f"{name} {told}",
                    "ahead": "first" if s.first > s.second else "second",
                }
            )
    places = [*values, *(row["place"] for row in rows)]
    height = max(LABEL, round(scale * (max(places) - min(places))))
    first, second = visible(first), visible(second)
    ahead = sum(s.first > s.second for s in shown)
    alternative = words("slope_alt", first=first, second=second, n=len(lines), shown=len(shown), ahead=ahead)
    return _svg(_slopes() | {"height": height}, rows, alternative, {X: first, Y: second})


def _apart(values: Sequence[float], gap: float) -> list[float]:
    """Return the places nearest to `values` in squares, in their order, that keep a gap (isotonic regression)."""
    from scipy.optimize import isotonic_regression  # noqa: PLC0415 - slow to import

    order = sorted(range(len(values)), key=lambda i: values[i])
    least = [gap * rank for rank in range(len(values))]
    found = isotonic_regression([values[i] - below for i, below in zip(order, least, strict=True)]).x
    places = {i: float(x) + below for i, x, below in zip(order, found, least, strict=True)}
    return [places[i] for i in range(len(values))]


@cache
def _slopes() -> Specification:
    import altair as alt  # noqa: PLC0415

    models = f"datum.value == 0 ? '{X}' : '{Y}'"
    heads = alt.Axis(
        orient="top", values=[0, 1], labelExpr=models, labelFlush=False, domain=False, ticks=False, grid=False
    )
    heads.labelFontWeight, heads.labelColor, heads.labelPadding = "bold", INK, 12
    x = alt.X("x:Q", title=None, scale=alt.Scale(domain=[0, 1], nice=False), axis=heads)
    y = alt.Y("y:Q", title=None, scale=alt.Scale(zero=False, nice=False), axis=None)
    colours = alt.Scale(domain=["first", "second"], range=[ACCENT, QUIET])
    coloured = alt.Color("ahead:N", scale=colours, legend=None)
    dashes = alt.Scale(domain=["first", "second"], range=[[1, 0], [5, 3]])
    dashed = alt.StrokeDash("ahead:N", scale=dashes, legend=None)
    base = alt.Chart(alt.NamedData(ROWS))
    texts: dict[str, Any] = {"fontSize": 13, "color": INK, "baseline": "middle"}
    named = {"x": "beside:Q", "y": "place:Q", "text": "label:N"}
    layers = [
        base.mark_rule(color=QUIET, strokeWidth=0.6).encode(x=x, x2="beside:Q", y=y, y2="place:Q"),
        base.mark_line(strokeWidth=1.6).encode(x=x, y=y, detail="line:N", color=coloured, strokeDash=dashed),
        base.mark_point(filled=True, size=30, opacity=1).encode(x=x, y=y, color=coloured),
        base.mark_text(align="right", dx=-3, **texts).encode(**named).transform_filter("datum.x == 0"),
        base.mark_text(align="left", dx=3, **texts).encode(**named).transform_filter("datum.x == 1"),
    ]
    return _specified(alt.layer(*layers).properties(width=260))


def calibration(rates: Sequence[Rate], words: Words) -> Markup:
    """Return how often each verdict was drawn, by how far planted claims were off; one panel a kind of margin."""
    rows = []
    begins: dict[tuple[str, str], float] = {}
    for rate in rates:
        begin = begins.get((rate.margin, rate.off), 0.0)
        begins[rate.margin, rate.off] = begin + rate.share
        label = f"{MARKS[rate.verdict].shape} {100 * rate.share:.0f} %" if rate.share >= LABELLED else ""
        panel = f"{words.of('margin_kind', rate.margin)}"
        row = {"panel": panel, "off": rate.off, "from": begin, "to": begin + rate.share, "verdict": rate.verdict}
        rows.append(row | {"label": label, "middle": begin + rate.share / 2})
    titles = {X: words("share_of_planted"), Y: words("off_in_margins")}
    return _svg(_bars(), rows, words("calibration_alt"), titles)


@cache
def _bars() -> Specification:
    import altair as alt  # noqa: PLC0415

    y = alt.Y("off:N", sort=None, title=Y)
    x = alt.X("from:Q", title=X, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    base = alt.Chart()  # the rows of its panel
    layers = [
        base.mark_bar(stroke=CARD, strokeWidth=1).encode(y=y, x=x, x2="to:Q", color=_coloured()),
        base.mark_text(color=CARD, fontSize=12).encode(y=y, x="middle:Q", text="label:N"),
    ]
    panels = alt.layer(*layers, data=alt.NamedData(ROWS)).properties(width=270, height=alt.Step(26))
    header = alt.Header(labelColor=INK, labelFontSize=13, labelFont=FONT)
    return _specified(panels.facet(column=alt.Column("panel:N", title=None, sort=None, header=header)))


def _fixed(rows: list[dict[str, int]]) -> "altair.Chart":
    """Return the begin of a layer that has rows of its own, the same in every plot."""
    import altair as alt  # noqa: PLC0415

    return alt.Chart(alt.Data(values=rows))  # type: ignore[no-untyped-call]


def _coloured() -> "altair.Color":
    import altair as alt  # noqa: PLC0415

    scale = alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
    return alt.Color("verdict:N", scale=scale, legend=None)


def _shaped() -> "altair.Shape":
    import altair as alt  # noqa: PLC0415

    scale = alt.Scale(domain=list(SHAPES), range=list(SHAPES.values()))
    return alt.Shape("verdict:N", scale=scale, legend=None)


def _specified(chart: Any) -> Specification:
    """Return a chart without its rows as Vega-Lite, in the type and colours of the site."""
    axis: dict[str, Any] = {
        "labelColor": QUIET,
        "titleColor": INK,
        "gridColor": RULE,
        "domainColor": RULE,
        "tickColor": RULE,
    }
    axis |= {"labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal", "labelLimit": 260}
    chart = chart.configure(font=FONT, background="transparent").configure_view(stroke=None).configure_axis(**axis)
    found: Specification = chart.to_dict()
    return found


def _svg(chart: Specification, rows: Any, alternative: str, titles: Mapping[str, str]) -> Markup:
    """Return a chart of `rows` as inline SVG that says in words what it shows; `titles` stand at its axes."""
    svg = _drawn(msgspec.json.encode({**chart, "datasets": {ROWS: rows}}, enc_hook=float))
    for place, title in titles.items():
        svg = svg.replace(place, str(escape(title)))
    head, _, rest = svg.partition(">")
    return Markup(f'{head} role="img" aria-label="{escape(alternative)}">{rest}')


@lru_cache(maxsize=256)
def _drawn(specification: bytes) -> str:
    """Return the SVG of a chart with its rows; the languages differ in titles alone, so one drawing serves all."""
    import vl_convert  # noqa: PLC0415 - starts an engine of its own

    svg: str = vl_convert.vegalite_to_svg(specification.decode())
    # The drawing is one picture with one text; roles of its parts would be pictures without any.
    svg = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg)
    for colour, variable in INKS.items():
        svg = svg.replace(colour, variable)
    return svg
