"""The rule put to the test: claims of known truth, planted into real answers.

A log's own answers are the truth: every trial draws, for each item, our repeats and the source's from what
that item really got, so the true score is the log's mean and any distance from it is one that was planted.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.records import Audit, ErrorRate, Outcome, PlantedRow, Says, Terms
from harness.statistics.intervals import clopper_pearson
from harness.statistics.noise import run_noise, source_error
from harness.statistics.power import error_for_power
from harness.verdicts.evidence import Evidence
from harness.verdicts.judge import RULE, judge
from harness.verdicts.table import ScoreTable

SEED = 20251230
HALF_DIGIT = 0.0005
"""Planted claims are printed in percent with one decimal, as most are."""
BEST_OF = 5
CUT = 0.10
SHIFTS = (1.0, 1.5, 2.0)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Log:
    """Real answers: scores from 0 to 1, items x repeats, and what another metric makes of them, where one does."""

    name: str
    scores: Floats
    other: Floats | None = None


@dataclass(frozen=True)
class Plant:
    """A way in which a claim can come about."""

    says: Says
    off: float
    """How far the claim is off, in margins."""
    source: Callable[[np.random.Generator], float]
    """The source's score, before the claim is shifted and printed."""
    stated: int | None
    shift: float = 0.0
    """What the claim adds to it."""
    cut: float = 0.0
    """Share of our answers that are cut off."""


def audit(logs: Sequence[Log], trials: int, code: str = "", progress: Callable[[], None] = lambda: None) -> Audit:
    """Return how often the rule is wrong on claims planted into `logs`, `trials` times each, seeded.

    Each log is tried at the rule's own margin and at the least one that its noise allows to decide.
    `progress` is called after every log. Raises ValueError for a log with fewer than two repeats.
    """
    rows: list[PlantedRow] = []
    for log in logs:
        for margin in _margins(log):
            for plant in _plants(log, margin):
                rng = np.random.default_rng([SEED, len(rows)])
                rows.append(_row(log, plant, margin, trials, rng))
        progress()
    return Audit(rule=RULE, code=code, seed=SEED, rates=list(_rates(rows)), rows=rows)


def _margins(log: Log) -> list[float]:
    noise = run_noise(log.scores)
    theirs = source_error(noise.mean, noise.n, noise.repeats, noise)
    decidable = float(np.hypot(noise.error, theirs)) / error_for_power(1.0) + HALF_DIGIT
    return sorted({0.01, round(max(decidable, 0.01), 4)})


def _plants(log: Log, margin: float) -> Iterator[Plant]:
    """Yield the ways a claim on this log can come about at this margin."""
    truth, repeats = float(log.scores.mean()), log.scores.shape[1]

    def own(runs: int) -> Callable[[np.random.Generator], float]:
        return lambda rng: float(_drawn(log.scores, runs, rng).mean())

    def best(rng: np.random.Generator) -> float:
        return max(float(_drawn(log.scores, 1, rng).mean()) for _ in range(BEST_OF))

    def noisier(rng: np.random.Generator) -> float:
        return float(rng.binomial(len(log.scores), truth) / len(log.scores))

    yield Plant(Says(en="honest", ko="정직한 주장"), 0.0, own(repeats), repeats)
    says = Says(en="honest, one run of a noisier source, unstated", ko="정직하나 더 들쭉날쭉한 1회 실행, 미기재")
    yield Plant(says, 0.0, noisier, None)
    for size in SHIFTS:
        for sign, en, ko in ((1, "up", "높게"), (-1, "down", "낮게")):
            shift = sign * size * margin
            if HALF_DIGIT < truth + shift < 1 - HALF_DIGIT:
                says = Says(en=f"shifted {en} by {size:g} margins", ko=f"허용 폭의 {size:g}배 {ko} 옮김")
                yield Plant(says, size, own(repeats), repeats, shift)
    rng = np.random.default_rng([SEED, BEST_OF])
    inflated = float(np.mean([best(rng) for _ in range(400)])) - truth
    says = Says(en=f"best of {BEST_OF} runs, told as one", ko=f"{BEST_OF}회 중 최고를 1회로 발표")
    yield Plant(says, inflated / margin, best, 1)
    if log.other is not None:
        elsewhere = log.other

        def other(rng: np.random.Generator) -> float:
            return float(_drawn(elsewhere, repeats, rng).mean())

        apart = abs(float(elsewhere.mean()) - truth) / margin
        yield Plant(Says(en="scored by another metric", ko="다른 지표로 채점"), apart, other, repeats)
    says = Says(en=f"honest, {CUT:.0%} of our answers cut off", ko=f"정직하나 우리 답변의 {CUT:.0%}가 잘림")
    yield Plant(says, 0.0, own(repeats), repeats, cut=CUT)


def _row(log: Log, plant: Plant, margin: float, trials: int, rng: np.random.Generator) -> PlantedRow:
    items = [f"{row:06d}" for row in range(len(log.scores))]
    found: Counter[Outcome] = Counter()
    for _ in range(trials):
        claimed = min(max(plant.source(rng) + plant.shift, 0.0), 1.0)
        terms = Terms(
            id="planted",
            kind="score",
            value=f"{100 * claimed:.1f}",
            k_source=plant.stated,
            source_decoding="unstated" if plant.stated is None else "same",
            delta=100 * margin,
        )
        ours = _drawn(log.scores, log.scores.shape[1], rng)
        table = ScoreTable(items, ours, {"scored": ours.size})
        if plant.cut:
            count = math.ceil(plant.cut * ours.size)
            spoiled = ours.copy()
            spoiled.flat[rng.choice(ours.size, count, replace=False)] = 0.0
            table = ScoreTable(items, spoiled, {"truncated": count, "scored": ours.size - count})
        found[judge(terms, Evidence([table])).verdict] += 1
    return PlantedRow(
        log=log.name,
        plant=plant.says,
        margin=round(100 * margin, 2),
        off=round(abs(plant.off), 3),
        valid=plant.cut == 0,
        trials=trials,
        reproduced=found["reproduced"],
        contradicted=found["contradicted"],
        undecided=found["undecided"],
        not_measured=found["not_measured"],
    )


def _rates(rows: Sequence[PlantedRow]) -> Iterator[ErrorRate]:
    """Yield the rule's error rates over all rows in which it could be wrong in that way."""
    valid = [row for row in rows if row.valid]
    far = [(row.reproduced, row.trials) for row in valid if row.off >= 1]
    near = [(row.contradicted, row.trials) for row in valid if row.off <= 1]
    spoiled = [(row.trials - row.not_measured, row.trials) for row in rows if not row.valid]
    for name, limit, counts in (
        ("false_reproduction", 0.05, far),
        ("false_contradiction", 0.025, near),
        ("spoiled_run_decided", 0.0, spoiled),
    ):
        error = math.sqrt(limit * (1 - limit) / counts[0][1]) if counts else 0.0
        wrong, trials = sum(count for count, _ in counts), sum(count for _, count in counts)
        yield ErrorRate.model_validate(
            {
                "name": name,
                "limit": limit,
                "trials": trials,
                "wrong": wrong,
                "worst": max((count / total for count, total in counts), default=0.0),
                "beyond": sum(count / total > limit + 4 * error for count, total in counts),
                "at_most": clopper_pearson(wrong / trials, trials)[1] if trials else 1.0,
            }
        )


def _drawn(scores: Floats, repeats: int, rng: np.random.Generator) -> Floats:
    """Return `repeats` answers to every item, drawn from the answers that it really got."""
    taken = rng.integers(scores.shape[1], size=(len(scores), repeats))
    return np.take_along_axis(scores, taken, axis=1)
