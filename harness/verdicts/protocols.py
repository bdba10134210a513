"""One claim under several declared protocols: what is common to them, and what makes the difference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.records import Says, Specification, Verdict
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

    Contradicted takes all of them, with a valid run under each. Reproduced takes one; where not all do, the
    chance that one of several does by luck is allowed for (Bonferroni 1936): its p-value times their number
    has to stay within 5 %. One that reproduces and one that contradicts, both allowing for their number, make the
    claim depend on the protocol, and the settings in which the two differ are named.
    Raises ValueError for no verdicts and for a protocol that comes twice.
    """
    names = [each.name for each in judged]
    if not judged or len(set(names)) < len(names):
        raise ValueError(f"expected at least one protocol, each once, found {names}")
    if len(judged) == 1:
        return judged[0].verdict
    valid = [each for each in judged if each.verdict.verdict != "not_measured"]
    specifications = _specifications(judged)
    if not valid:
        return judged[0].verdict.model_copy(update={"specifications": specifications})
    held = [each for each in valid if each.verdict.verdict == "reproduced"]
    failed = [each for each in valid if each.verdict.verdict == "contradicted"]
    sure_held = [each for each in held if _sure(each.verdict.p_reproduced, len(valid), FIXED.inside)]
    sure_failed = [each for each in failed if _sure(each.verdict.p_contradicted, len(valid), FIXED.outside)]
    if sure_held and sure_failed:
        return _split(sure_held[0], sure_failed[0], specifications)
    if len(held) == len(valid) or (sure_held and not failed):
        found = (sure_held or held)[0].verdict
    elif len(failed) == len(valid):
        found = failed[0].verdict
    else:
        found = _open(valid, held, failed)
    invalid = [each.name for each in judged if each not in valid]
    if invalid:
        found = _with_invalid(found, invalid)
    return found.model_copy(update={"specifications": specifications})


def _sure(p_value: float | None, protocols: int, alpha: float) -> bool:
    """Return whether a verdict under one of several protocols holds with their number allowed for."""
    return p_value is not None and p_value * protocols <= alpha


def _open(valid: Sequence[Judged], held: Sequence[Judged], failed: Sequence[Judged]) -> Verdict:
    """Return the undecided verdict of protocols that do not agree surely enough."""
    speaks = next((each for each in valid if each.verdict.verdict == "undecided"), valid[0]).verdict
    if not held:
        return speaks.model_copy(update={"verdict": "undecided"})
    name = held[0].name
    lucky = Says(
        en=f"It holds under {name} but not under all {len(valid)} protocols, which luck could explain.",
        ko=f"{name}에서는 맞으나 {len(valid)}개 프로토콜 모두에서 맞지는 않으며, 우연일 수 있다.",
    )
    base = held[0].verdict
    names = [each.name for each in (held[0], *failed[:1])]
    return base.model_copy(
        update={
            "verdict": "undecided",
            "reasons": [*base.reasons, lucky],
            "next": Says(
                en=f"more repeats under {' and '.join(names)}", ko=f"{', '.join(names)}에서 반복을 더 하는 것"
            ),
        }
    )


def _with_invalid(found: Verdict, invalid: Sequence[str]) -> Verdict:
    """Return the verdict with a word on the protocols without a valid run; a contradiction would need them all."""
    names = ", ".join(invalid)
    says = Says(
        en=f"Under {found.protocol}; without a valid run under {names}.",
        ko=f"{found.protocol} 조건의 결과이며, {names} 조건에는 유효한 실행이 없다.",
    )
    update: dict[str, Any] = {"reasons": [says, *found.reasons]}
    if found.verdict == "contradicted":
        step = Says(en=f"a valid run under {names}", ko=f"{names} 조건의 유효한 실행")
        update |= {"verdict": "undecided", "next": step}
    return found.model_copy(update=update)


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
            "next": Says(
                en=f"the source's own protocol: which of {held.name} and {failed.name} it used",
                ko=f"출처가 {held.name}, {failed.name} 가운데 무엇을 썼는지",
            ),
            "specifications": specifications,
            "flips": flips,
        }
    )


def _specifications(judged: Sequence[Judged]) -> list[Specification]:
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
        for each in judged
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
