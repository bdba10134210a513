"""One claim under several declared protocols: what is common to them, and what makes the difference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.records import Outcome, Says, Specification, Verdict
from harness.statistics.equivalence import FIXED

MAX_FIELDS = 5
"""How many differing settings a verdict names before it says "and more"."""


@dataclass(frozen=True)
class Judged:
    """A verdict under one protocol, and the settings that determined its scores."""

    verdict: Verdict
    settings: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The protocol's name."""
        return self.verdict.protocol or "unnamed"


def combine(judged: Sequence[Judged]) -> Verdict:
    """Return the verdict over all protocols; each has one entry in `judged`, the first is the main one.

    Contradicted takes all of them. Reproduced takes one; where not all do, the chance that one of several
    does by luck is allowed for (Bonferroni 1936): its p-value times their number has to stay within 5 %.
    One that reproduces and one that contradicts make the claim depend on the protocol, and the settings in which
    the two differ are named. Protocols without a valid run say nothing.
    Raises ValueError for no verdicts and for a protocol that comes twice.
    """
    names = [each.name for each in judged]
    if not judged or len(set(names)) < len(names):
        raise ValueError(f"expected at least one protocol, each once, found {names}")
    valid = [each for each in judged if each.verdict.verdict != "not_measured"]
    if len(valid) < 2:
        return (valid or judged)[0].verdict
    by_outcome: dict[Outcome, list[Judged]] = {}
    for each in valid:
        by_outcome.setdefault(each.verdict.verdict, []).append(each)
    held, failed = by_outcome.get("reproduced", []), by_outcome.get("contradicted", [])
    specifications = _specifications(valid)
    if held and failed:
        return _split(held[0], failed[0], specifications)
    if len(held) == len(valid) or len(failed) == len(valid) or not held:
        speaks = next((each for each in valid if each.verdict.verdict == "undecided"), valid[0])
        return speaks.verdict.model_copy(update={"specifications": specifications})
    best = min(held, key=lambda each: each.verdict.p_reproduced or 0.0)
    if (best.verdict.p_reproduced or 0.0) * len(valid) <= FIXED.inside:
        return best.verdict.model_copy(update={"specifications": specifications})
    lucky = Says(
        en=f"It holds under {best.name} alone of {len(valid)} protocols, which luck could explain.",
        ko=f"{len(valid)}개 프로토콜 가운데 {best.name}에서만 맞으며, 우연일 수 있다.",
    )
    return best.verdict.model_copy(
        update={
            "verdict": "undecided",
            "reasons": [*best.verdict.reasons, lucky],
            "next": f"more repeats under {best.name}",
            "specifications": specifications,
        }
    )


def _split(held: Judged, failed: Judged, specifications: list[Specification]) -> Verdict:
    flips = differing(held.settings, failed.settings) or f"protocol: {held.name} or {failed.name}"
    says = Says(
        en=f"It holds under {held.name} and not under {failed.name}; they differ in {flips}.",
        ko=f"{held.name}에서는 맞고 {failed.name}에서는 맞지 않는다. 다른 점: {flips}.",
    )
    return held.verdict.model_copy(
        update={
            "verdict": "protocol_dependent",
            "reasons": [says, *held.verdict.reasons],
            "next": f"the source's own protocol: which of {held.name} and {failed.name} it used",
            "specifications": specifications,
            "flips": flips,
        }
    )


def _specifications(valid: Sequence[Judged]) -> list[Specification]:
    """Return the specification curve (Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour 4:1208)."""
    points = [
        Specification(
            protocol=each.name,
            verdict=each.verdict.verdict,
            measured=each.verdict.measured,
            difference=each.verdict.difference,
            interval90=each.verdict.interval90,
            evidence=each.verdict.evidence,
        )
        for each in valid
    ]
    return sorted(points, key=lambda point: (point.measured or 0.0, point.protocol))


def differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> str:
    """Return the settings in which two runs differ, as `decoding.temperature (0.6, 1.0)`; empty where none do."""
    found = [f"{name} ({one}, {other})" for name, one, other in _differences(first, second)]
    more = f" and {len(found) - MAX_FIELDS} more" if len(found) > MAX_FIELDS else ""
    return ", ".join(found[:MAX_FIELDS]) + more


def _differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    found: list[tuple[str, Any, Any]] = []
    for name in sorted({*first, *second}):
        one, other = first.get(name), second.get(name)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            found += [(f"{name}.{inner}", a, b) for inner, a, b in _differences(one, other)]
        elif one != other:
            found.append((name, one, other))
    return found
