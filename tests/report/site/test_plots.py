import re
from itertools import pairwise
from typing import get_args

import pytest

from harness.records import Outcome
from harness.report.figure import WIDTH, claim_figure, specification_curve
from harness.report.site.plots import (
    INKS,
    MOST,
    MOST_LINES,
    Point,
    Rate,
    Slope,
    calibration,
    claimed_against_measured,
    forest,
    slopes,
)
from harness.report.site.words import LANGUAGES, words
from harness.verdicts import decide
from tests.examples import claim, run
from tests.report.site.material import CONTEXT, KNOWN

EN = words("en")


def points(number: int, label: str = "Quiz · 2026") -> list[Point]:
    verdicts = get_args(Outcome)[:4]
    return [
        Point(f"c{i}", label, "m", 50.0 + i, 51.0, 1.0 - i, -1.0 - i, 3.0 - i, 1.0, verdicts[i % 4])
        for i in range(number)
    ]


def marks(svg: str, layer: int) -> int:
    """How many marks a layer of a plot holds."""
    found = re.search(rf'class="[^"]*layer_{layer}_marks"[^>]*>(.*?)</g>', svg)
    return len(re.findall(r"<(?:path|line)", found[1])) if found else 0


def test_a_forest_plot_draws_margin_interval_and_point_of_every_score():
    svg = forest(points(5), EN)
    assert [marks(svg, layer) for layer in range(4)] == [5, 1, 5, 5]
    assert "(5)" in svg  # labels that stand twice are told apart
    assert EN("measured_minus_claimed") in svg


def test_a_forest_plot_of_many_scores_shows_those_farthest_off_and_says_so():
    svg = forest(points(MOST + 20), EN)
    assert marks(svg, 3) == MOST
    assert f"{MOST} of {MOST + 20}" in svg


def test_the_scatter_draws_every_score_and_its_interval():
    svg = claimed_against_measured(points(7), EN)
    assert [marks(svg, layer) for layer in range(3)] == [1, 7, 7]


def test_calibration_draws_a_bar_for_every_verdict_and_panel():
    rates = [
        Rate(margin, off, verdict, share, 10)
        for margin in ("fixed", "decidable")
        for off in ("0", "1")
        for verdict, share in (("reproduced", 0.25), ("undecided", 0.75))
    ]
    svg = calibration(rates, EN)
    assert svg.count("● 25 %") == 4
    assert EN.of("margin_kind", "fixed") in svg


def heights(svg: str) -> list[float]:
    """Where the texts of a slope plot stand, end by end, from the top."""
    found: dict[str, list[float]] = {}
    for anchor, y in re.findall(r'<text text-anchor="(start|end)" transform="translate\([^,]+,([^)]+)\)', svg):
        found.setdefault(anchor, []).append(float(y))
    assert len(found) == 2
    return [abs(b - a) for ys in found.values() for a, b in pairwise(sorted(ys))]


def test_a_slope_plot_names_every_line_at_both_ends_and_the_models_above():
    svg = slopes([Slope("Quiz", 50.0, 40.0, 1), Slope("Exam", 61.5, 64.0, 1)], "First", "Second & more", EN)
    for text in ("Quiz 50.0", "40.0 Quiz", "Exam 61.5", "64.0 Exam", ">First<", ">Second &amp; more<"):
        assert text in svg
    assert "First is ahead on 1" in svg
    assert "@" not in svg


def test_labels_of_a_slope_plot_keep_apart_where_scores_are_the_same():
    svg = slopes([Slope(f"b{i}", 50.0, 50.0 + i / 10, 1) for i in range(MOST_LINES)], "a", "b", EN)
    assert min(heights(svg)) >= 15


def test_a_slope_plot_of_one_level_line_is_a_plot():
    assert "50.0 Quiz" in slopes([Slope("Quiz", 50.0, 50.0, 1)], "a", "b", EN)


def test_a_slope_plot_of_many_benchmarks_shows_those_farthest_apart():
    svg = slopes([Slope(f"b{i:02}", 50.0, 50.0 + i, 1) for i in range(MOST_LINES + 6)], "a", "b", EN)
    assert f"{MOST_LINES} of {MOST_LINES + 6}" in svg
    assert "b05" not in svg
    assert "b06" in svg


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plot_is_one_picture_with_words_in_the_colours_of_the_page(language: str):
    svg = forest(points(3), words(language))
    assert re.findall(r'role="(\w+)"', svg) == ["img"]
    assert 'aria-label="' in svg
    assert not [ink for ink in INKS if ink in svg]
    assert "var(--reproduced)" in svg
    assert "style=" not in svg


def test_labels_of_a_plot_are_inert():
    svg = forest(points(1, "<script>alert(1)</script>\u202e"), EN)
    assert "<script" not in svg
    assert "\u202e" not in svg


def test_names_in_a_slope_plot_are_inert():
    svg = slopes([Slope("<b>\u202e", 1.0, 2.0, 1)], "<script>", "b\u202e", EN)
    assert "<script" not in svg
    assert "<b>" not in svg
    assert "\u202e" not in svg


def test_everything_in_the_figure_of_a_claim_lies_on_the_canvas():
    measured = claim(protocol=KNOWN)
    figure = claim_figure(measured, decide(measured, {"m": [run([[1.0, 1.0], [0.0, 0.0]])]}, None, CONTEXT))
    assert figure is not None
    assert figure.interval90 is not None
    places = [*figure.margin, *figure.interval90, *figure.interval95, figure.claimed.x, figure.measured.x]
    assert all(0 <= x <= WIDTH for x in [*places, *(tick.x for tick in figure.ticks)])
    assert figure.interval95[0] <= figure.interval90[0] <= figure.interval90[1] <= figure.interval95[1]
    assert len(figure.ticks) >= 2


def test_a_specification_curve_holds_every_protocol_with_a_number_from_the_least():
    scores = {"house": [[1.0, 1.0], [0.0, 0.0]], "variant/warm": [[1.0, 0.0], [0.0, 0.0]]}
    runs = [run(table, protocol=name) for name, table in scores.items()]
    measured = claim(protocol=KNOWN)
    verdict = decide(measured, {"m": runs}, None, CONTEXT)
    curve = specification_curve(measured, verdict)
    assert curve is not None
    assert [spot.protocol for spot in curve.spots] == ["variant/warm", "house"]
    assert curve.spots[0].measured.x < curve.spots[1].measured.x
    places = [*curve.margin, curve.claimed.x, *(tick.x for tick in curve.ticks)]
    places += [x for spot in curve.spots for x in (spot.measured.x, *(spot.interval90 or ()))]
    assert all(0 <= x <= WIDTH for x in places)
    assert specification_curve(measured, decide(measured, {"m": runs[:1]}, None, CONTEXT)) is None
