"""Statements about sizes, memory and arithmetic, held against the model's own configuration."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from harness.claims.bounds import apart, claimed, coarse, middle, overlap, printed
from harness.claims.checks.registry import Check
from harness.claims.desk import Desk, evidence
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
    listed,
    show,
)
from harness.claims.quantities import SIZES, UnknownQuantityError, attempts
from harness.facts.parameters import count
from harness.facts.unpublished import UnpublishedError, missing_sizes
from harness.records import Architecture, Claim, Finding, Says

NOTHING = Says.same("–")
KIBI = 1.024
"""1,024 tokens, in thousands."""

_KAPLAN = 6
"""Operations per active parameter and training token, forward and backward (Kaplan et al., 2020, table 1)."""


def _architectures(desk: Desk) -> Mapping[str, Architecture]:
    found = {m.id: m.architecture for m in desk.models.values() if m.architecture is not None}
    variants = {s.id: found[s.of] for s in desk.subjects.values() if s.of in found}
    return found | variants


def statement_against_facts(desk: Desk) -> Iterator[Finding]:
    """Recompute stated sizes, savings and GPU counts from the configuration; the same statement is told once."""
    architectures = _architectures(desk)
    told: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in desk.statements:
        if claim.kind != "rank" and (claim.readings or claim.quantity in SIZES):
            value = claim.number if claim.printed else None
            heard = claim.source.read == "second_hand"
            told[claim.model, claim.quantity, value, claim.unit, claim.hedge, heard, *claim.readings].append(claim)
    for claims in told.values():
        claim, others = claims[0], claims[1:]
        try:
            found = attempts(claim, architectures)
        except UnpublishedError as error:
            yield _with(_not_computable(desk, claim, error), others)
            continue
        except UnknownQuantityError as error:
            says = Says(
                en=f"The statement names a reading that cannot be computed: {error}.",
                ko="계산할 수 없는 해석이 적혀 있다.",
            )
            values = (as_claimed(claim), NOTHING)
            yield finding("statement_against_facts", claims, values, OPEN, str(error), says)
            continue
        if found and claim.printed is not None:
            yield _with(_known(_sized(claim, found), architectures[claim.model]), others)
        elif found and claim.readings:
            yield _with(_within(claim, found), others)


def _with(found: Finding, others: list[Claim]) -> Finding:
    """Return the finding with the other claims that say the same: the verdict is on them too."""
    too = [claim.id for claim in others]
    more = {
        "claims": [found.claims[0], *too, *found.claims[1:]],
        "judged": [*found.judged, *too],
        "evidence": [*found.evidence, *evidence(others)],
    }
    return found.model_copy(update=more)


def _known(found: Finding, architecture: Architecture) -> Finding:
    """Return the finding; a configuration known in part comes from a report, and a report refutes nobody."""
    if found.verdict != "contradicted" or not missing_sizes(architecture):
        return found
    says = found.says + Says(
        en=f"The configuration is known in part only, from {architecture.source}: no verdict.",
        ko="모델 구성이 일부만 공개되어 판정하지 않는다.",
    )
    return found.model_copy(update={"verdict": "undecided", "severity": "minor", "says": says})


def _sized(claim: Claim, found: list[Attempt]) -> Finding:
    """Judge a number; a size may have been cut off instead of rounded, and its last zeros may be no digits."""
    if claim.quantity in ("context", "window") and (claim.value or "").endswith("K"):
        # Contexts are counted in units of 1,024 tokens too: 256K is 262,144.
        kibi = [
            Attempt(a.label, (a.bounds[0] / KIBI, a.bounds[1] / KIBI), f"{a.arithmetic}, K as 1,024")
            for a in found
        ]
        found = kibi if any(overlap(a.bounds, claimed(claim)) for a in kibi) else found
    if claim.unit not in ("parameters", "tokens", "gigabytes"):
        judgement = judged("statement_against_facts", claim, [], found)
        if judgement.verdict == "reproduced" and judgement.severity == "info":
            # Conditions the source leaves unsaid decide it, not a way of counting.
            judgement = judgement.model_copy(update={"verdict": "undecided", "severity": "minor"})
        return judgement
    if claim.hedge not in ("exact", "about"):
        return judged("statement_against_facts", claim, [], found)
    low, high = coarse(claim)
    cut = claim.number + 2 * (high - claim.number)
    return judged("statement_against_facts", claim, [], found, lax=(low, cut))


def _within(claim: Claim, found: list[Attempt]) -> Finding:
    """Judge a statement without a number: it holds when a reading stays within the limit it declares."""
    limits = [reading.within for reading in claim.readings]
    holds = [limit is None or a.bounds[1] <= limit for a, limit in zip(found, limits, strict=True)]
    arithmetic = "; ".join(
        f"{a.arithmetic} ({'within' if ok else 'above'} {limit})" if limit is not None else a.arithmetic
        for a, ok, limit in zip(found, holds, limits, strict=True)
    )
    if all(holds):
        judgement, says = AGREES, Says(en="The configuration says so.", ko="모델 구성과 맞는다.")
    elif any(holds):
        judgement = OPEN
        yes = listed(a.text for a, ok in zip(found, holds, strict=True) if ok)
        no = listed(a.text for a, ok in zip(found, holds, strict=True) if not ok)
        says = Says(
            en=f"The wording leaves open which is meant: it holds for {yes.en}; not for {no.en}.",
            ko=f"표현이 모호하다. 다음 조건에서는 맞고({yes.ko}), 다음 조건에서는 맞지 않는다({no.ko}).",
        )
    else:
        judgement, says = DENIED, Says(en="It holds in no reading.", ko="어떻게 읽어도 맞지 않는다.")
    return finding("statement_against_facts", [claim], (claim.says, found[0].text), judgement, arithmetic, says)


def _not_computable(desk: Desk, claim: Claim, error: UnpublishedError) -> Finding:
    """Fall back on what the maker prints for the same quantity; the configuration is not published."""
    own = [
        c
        for c in desk.by_quantity.get((claim.model, claim.quantity or ""), ())
        if c.id != claim.id and c.source.of == claim.model and c.unit == claim.unit and c.printed and claim.printed
    ]
    gap = f"not computable, {error}"
    if not own or claim.source.of == claim.model:
        says = Says(
            en="The configuration is not published in full, so the number cannot be recomputed.",
            ko="모델 구성이 모두 공개되지 않아 다시 계산할 수 없다.",
        )
        return finding("statement_against_facts", [claim], (as_claimed(claim), NOTHING), NOTED, gap, says)
    agrees = not apart(claimed(own[0]), claimed(claim)) or overlap(claimed(own[0]), coarse(claim))
    judgement = LOOSELY if agrees else OPEN
    says = Says(
        en=f"Held against what the maker prints ({own[0].value}); {gap}.",
        ko=f"제작사가 적은 값({own[0].value})과 견주었다. 구성이 모두 공개되지 않아 계산할 수 없다.",
    )
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
            (Says(en="active with both embeddings", ko="두 임베딩을 포함한 활성"), (float(active.active),) * 2),
            (
                Says(en="active without the input table", ko="입력 표를 뺀 활성"),
                (float(active.active_without_input_embedding),) * 2,
            ),
            *((Says(en=f"active as printed ({c.value})", ko=f"적힌 활성({c.value})"), printed(c)) for c in stated),
        ]
        low, high = printed(tokens[0])
        found = [
            Attempt(
                label,
                (_KAPLAN * n[0] * low, _KAPLAN * n[1] * high),
                f"6 × {show(middle(n))} × {tokens[0].value} = {_KAPLAN * middle(n) * middle((low, high)):.3e}",
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
        yield judged(
            "rank_by_size",
            claim,
            [],
            [Attempt(Says(en="by all weights", ko="모든 가중치로"), (rank, rank), words)],
        )


def licence_of_release(desk: Desk) -> Iterator[Finding]:
    """Hold "released as open source", and a licence by name, against the licence of the weights."""
    for claim in desk.statements:
        licences = {m: desk.models[m].licence.id for m in sorted(desk.meanings(claim.model)) if m in desk.models}
        words = "; ".join(f"{name}: {licence}" for name, licence in licences.items())
        if not licences:
            continue
        if claim.quantity == "licence":
            if claim.value is None:
                continue
            same = {_plain(licence) for licence in licences.values()} == {_plain(claim.value)}
            judgement = AGREES if same else DENIED
            says = Says(en="The licence of the weights.", ko="가중치의 라이선스와 같다.")
            if not same:
                says = Says(en="The weights are under another licence.", ko="가중치의 라이선스는 다르다.")
        elif claim.quantity == "open_source":
            free = [licence in OPEN_SOURCE for licence in licences.values()]
            judgement = AGREES if all(free) else OPEN
            says = Says(en="An approved open-source licence.", ko="승인된 오픈소스 라이선스다.")
            if not all(free):
                says = Says(
                    en="The weights are public, under the maker's own terms: it depends on what the words mean.",
                    ko="가중치는 공개됐으나 제작사 고유의 조건이 붙는다. 오픈소스의 뜻에 따라 다르다.",
                )
        else:
            continue
        yield finding("licence_of_release", [claim], (claim.says, Says.same(words)), judgement, words, says)


def _plain(licence: str) -> str:
    return licence.casefold().removesuffix("license").removesuffix("licence").strip().replace(" ", "-")


OPEN_SOURCE = frozenset({"Apache-2.0", "MIT"})
"""Licences approved by the Open Source Initiative, among those that models here have."""


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
        "licence_of_release",
        "whether weights said to be open source are under an approved licence, and a named licence is theirs",
        "what the terms of a maker's own licence allow",
        licence_of_release,
    ),
    Check(
        "training_arithmetic",
        "whether stated training operations are about six per active parameter and token",
        "operations of attention and of failed runs, which the rule leaves out",
        training_arithmetic,
    ),
)
