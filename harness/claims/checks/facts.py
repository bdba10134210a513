"""Statements about sizes, memory and arithmetic, held against the model's own configuration."""

from collections.abc import Iterator, Mapping

from harness.claims.bounds import claimed, coarse, overlap
from harness.claims.checks.registry import Check
from harness.claims.desk import Desk
from harness.claims.findings import (
    AGREES,
    DENIED,
    LOOSELY,
    NOTED,
    OPEN,
    Attempt,
    as_claimed,
    finding,
    judged,
    show,
)
from harness.claims.quantities import SIZES, UnknownQuantityError, attempts
from harness.facts.parameters import count
from harness.facts.unpublished import UnpublishedError
from harness.records import Architecture, Claim, Finding

_KAPLAN = 6
"""Operations per active parameter and training token, forward and backward (Kaplan et al., 2020, table 1)."""


def _architectures(desk: Desk) -> Mapping[str, Architecture]:
    found = {m.id: m.architecture for m in desk.models.values() if m.architecture is not None}
    variants = {s.id: found[s.of] for s in desk.subjects.values() if s.of in found}
    return found | variants


def statement_against_facts(desk: Desk) -> Iterator[Finding]:
    """Recompute stated sizes, savings and GPU counts from the configuration."""
    architectures = _architectures(desk)
    for claim in desk.statements:
        if claim.kind == "rank" or not (claim.readings or claim.quantity in SIZES):
            continue
        try:
            found = attempts(claim, architectures)
        except UnpublishedError as error:
            yield _not_computable(desk, claim, error)
            continue
        except UnknownQuantityError as error:
            says = f"The statement names a reading that cannot be computed: {error}."
            yield finding(
                "statement_against_facts",
                [claim],
                (as_claimed(claim), "–"),
                OPEN,
                str(error),
                says,
            )
            continue
        if found and claim.printed is not None:
            yield _sized(claim, found)
        elif found:
            yield _within(claim, found)


def _sized(claim: Claim, found: list[Attempt]) -> Finding:
    """Judge a number; a size may have been cut off instead of rounded, and its last zeros may be no digits."""
    if claim.unit not in ("parameters", "tokens", "gigabytes"):
        judgement = judged("statement_against_facts", claim, [], found)
        if judgement.verdict == "reproduced" and judgement.severity == "info":
            # Conditions the source leaves unsaid decide it, not a way of counting.
            judgement = judgement.model_copy(update={"verdict": "undecided", "severity": "minor"})
        return judgement
    low, high = coarse(claim)
    cut = (claim.number, claim.number + 2 * claim.rounding)
    return judged("statement_against_facts", claim, [], found, lax=(min(low, cut[0]), max(high, cut[1])))


def _within(claim: Claim, found: list[Attempt]) -> Finding:
    """Judge a statement without a number: it holds when a reading stays within the limit it declares."""
    limits = [reading.within for reading in claim.readings]
    holds = [limit is None or a.bounds[1] <= limit for a, limit in zip(found, limits, strict=True)]
    arithmetic = "; ".join(
        f"{a.arithmetic} ({'within' if ok else 'above'} {limit})" if limit is not None else a.arithmetic
        for a, ok, limit in zip(found, holds, limits, strict=True)
    )
    if all(holds):
        judgement, says = AGREES, "The configuration says so."
    elif any(holds):
        judgement = OPEN
        yes = "; ".join(a.text for a, ok in zip(found, holds, strict=True) if ok)
        no = "; ".join(a.text for a, ok in zip(found, holds, strict=True) if not ok)
        says = f"The wording leaves open which is meant: it holds for {yes}; not for {no}."
    else:
        judgement, says = DENIED, "It holds in no reading."
    return finding("statement_against_facts", [claim], (claim.says.en, found[0].text), judgement, arithmetic, says)


def _not_computable(desk: Desk, claim: Claim, error: UnpublishedError) -> Finding:
    """Fall back on what the maker prints for the same quantity; the configuration is not published."""
    own = [
        c
        for c in desk.by_quantity.get((claim.model, claim.quantity or ""), ())
        if c.id != claim.id and c.source.of == claim.model and c.unit == claim.unit and c.printed and claim.printed
    ]
    gap = f"not computable, {error}"
    if not own or claim.source.of == claim.model:
        says = "The configuration is not published in full, so the number cannot be recomputed."
        return finding("statement_against_facts", [claim], (as_claimed(claim), "–"), NOTED, gap, says)
    agrees = overlap(claimed(own[0]), claimed(claim)) or overlap(claimed(own[0]), coarse(claim))
    judgement = LOOSELY if agrees else OPEN
    says = f"Held against what the maker prints ({own[0].value}); {gap}."
    arithmetic = f"{own[0].value} ({own[0].source.id}) beside {claim.value}"
    return finding(
        "statement_against_facts",
        [claim, own[0]],
        (as_claimed(claim), as_claimed(own[0])),
        judgement,
        arithmetic,
        says,
    )


def training_arithmetic(desk: Desk) -> Iterator[Finding]:
    """Recompute stated training operations as six per active parameter and token."""
    architectures = _architectures(desk)
    for claim in desk.statements:
        if claim.quantity != "training_flops" or claim.printed is None or claim.model not in architectures:
            continue
        tokens = [
            c for c in desk.by_quantity.get((claim.model, "training_tokens"), ()) if c.source.id == claim.source.id
        ]
        stated = [
            c for c in desk.by_quantity.get((claim.model, "parameters_active"), ()) if c.source.of == claim.model
        ]
        if not tokens:
            continue
        try:
            active = count(architectures[claim.model])
        except UnpublishedError:
            continue
        by_rule = [
            ("active with both embeddings", float(active.active)),
            ("active without the input table", float(active.active_without_input_embedding)),
            *((f"active as printed ({c.value})", c.number) for c in stated),
        ]
        found = [
            Attempt(
                label,
                (
                    _KAPLAN * n * (tokens[0].number - tokens[0].rounding),
                    _KAPLAN * n * (tokens[0].number + tokens[0].rounding),
                ),
                f"6 × {show(n)} × {tokens[0].value} = {_KAPLAN * n * tokens[0].number:.3e} ({label})",
            )
            for label, n in by_rule
        ]
        yield judged("training_arithmetic", claim, [tokens[0], *stated], found)


def rank_by_size(desk: Desk) -> Iterator[Finding]:
    """Recompute "the largest of" from counted parameters."""
    architectures = _architectures(desk)
    for claim in desk.statements:
        if claim.kind != "rank" or claim.quantity != "parameters_total" or claim.printed is None:
            continue
        sizes: dict[str, float] = {}
        for name in (claim.model, *claim.comparators):
            architecture = architectures.get(name)
            size = _size(architecture) if architecture is not None else None
            if size is not None:
                sizes[name] = size
        if claim.model not in sizes or len(sizes) != 1 + len(claim.comparators):
            continue
        rank = 1 + sum(size > sizes[claim.model] for size in sizes.values())
        words = " > ".join(
            f"{name} {show(size)}" for name, size in sorted(sizes.items(), key=lambda item: -item[1])
        )
        yield judged("rank_by_size", claim, [], [Attempt("by all weights", (rank, rank), words)])


def _size(architecture: Architecture) -> float | None:
    try:
        return count(architecture).total
    except UnpublishedError:
        return architecture.counted.parameters_total if architecture.counted else None


CHECKS = (
    Check(
        "statement_against_facts",
        "whether stated sizes, savings and GPU counts follow from the model's configuration, reading by reading",
        "speed, quality, and sizes that the maker has not published",
        statement_against_facts,
    ),
    Check(
        "rank_by_size",
        "whether a model is as large among those named as it is said to be",
        "ranks among models whose sizes are not entered",
        rank_by_size,
    ),
    Check(
        "training_arithmetic",
        "whether stated training operations are about six per active parameter and token",
        "operations of attention and of failed runs, which the rule leaves out",
        training_arithmetic,
    ),
)
