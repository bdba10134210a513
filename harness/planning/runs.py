"""Which runs would decide which claims: the fewest, so that claims on the same answers share them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from harness.planning.coverage import lacking
from harness.planning.measuring import missing_for, suite_for
from harness.records import Benchmark, Claim, DecidedKind, Model, PlannedRun, Protocol, Says, Suite, SuiteTask
from harness.records.claim import Mode
from harness.statistics.selection import floor_repeats

UNMEASURED = frozenset({"average", "exam_grade", "latency"})
"""Kinds for which the ledger does not say which runs they need."""
MOST_TIMES = 4
"""A claim that asks for more than so many times the repeats that its run takes anyway is not met unasked."""
COMPARED = frozenset({"exceeds", "ratio", "rank"})
"""Kinds that need runs of the comparators, too."""


@dataclass(frozen=True)
class Unplanned:
    """A claim for which no run can be planned."""

    claim: str
    why: Says
    fix: str
    """What would let it be measured."""


@dataclass(frozen=True)
class Catalogue:
    """What the configs hold, by id."""

    benchmarks: Mapping[str, Benchmark]
    suites: Mapping[str, Suite]
    models: Mapping[str, Model]
    protocols: Mapping[str, Protocol]


@dataclass(frozen=True)
class Changes:
    """What a command says over the configs; None leaves what stands there."""

    protocol: str | None = None
    items: int | None = None
    repeats: int | None = None


AS_CONFIGURED = Changes()


@dataclass(frozen=True)
class _Wish:
    """One claim's, or one suite's, part in a run."""

    model: str
    suite: str
    task: SuiteTask
    protocol: str
    claim: Claim | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.model, self.protocol, self.task.benchmark


def planned_runs(
    claims: Iterable[Claim],
    catalogue: Catalogue,
    *,
    needed: Mapping[str, int] | None = None,
    changes: Changes = AS_CONFIGURED,
) -> list[PlannedRun]:
    """Return the runs that would decide `claims`, those of one model beside each other.

    `needed` is how often each item has to run for a claim to be decided (`preflight`); a run takes the most of its
    claims up to MOST_TIMES what its suite, its protocol or its items ask for, which it takes at least. Claims that
    `unplanned` names add none.
    """
    wishes = [wish for claim in claims for wish in _wishes(claim, catalogue, changes) or ()]
    return _merged(wishes, catalogue, needed or {}, changes)


def unplanned(claims: Iterable[Claim], catalogue: Catalogue, changes: Changes = AS_CONFIGURED) -> list[Unplanned]:
    """Return the claims for which `planned_runs` plans nothing, and why."""
    found = ((claim, _obstacle(claim, catalogue, changes)) for claim in claims)
    return [Unplanned(claim.id, *reason) for claim, reason in found if reason is not None]


def suite_runs(
    models: Collection[str],
    suites: Collection[str],
    claims: Iterable[Claim],
    catalogue: Catalogue,
    changes: Changes = AS_CONFIGURED,
) -> list[PlannedRun]:
    """Return the runs of whole suites on models, each with those of `claims` that it has a part in deciding.

    Which are those on its model and benchmark, in the mode in which it runs: a verdict takes runs under any
    protocol. Raises KeyError for a model or a suite that is not in the catalogue.
    """
    about: dict[tuple[str, str | None], list[Claim]] = {}
    for claim in claims:
        if _obstacle(claim, catalogue, AS_CONFIGURED) is None:
            for subject in _subjects(claim):
                about.setdefault((subject, claim.benchmark), []).append(claim)
    wishes: list[_Wish] = []
    for name in models:
        model = catalogue.models[name]
        for suite in (catalogue.suites[one] for one in suites):
            protocol = _protocol_named(suite, model, catalogue, changes)
            for task in suite.tasks:
                settings = catalogue.protocols[protocol].on(task.benchmark)
                wishes.append(_Wish(name, suite.id, task, protocol))
                wishes += [
                    _Wish(name, suite.id, task, protocol, claim)
                    for claim in about.get((name, task.benchmark), ())
                    if name != claim.model or _fits(settings, model, claim.mode)
                ]
    return _merged(wishes, catalogue, {}, changes)


def _wishes(claim: Claim, catalogue: Catalogue, changes: Changes) -> list[_Wish] | None:
    """Return the runs that a claim needs; None where no run decides it."""
    if _obstacle(claim, catalogue, changes) is not None:
        return None
    suite = suite_for(claim, catalogue.suites)
    assert suite is not None, claim.id
    task = next(task for task in suite.tasks if task.benchmark == claim.benchmark)
    names = _protocols(claim, suite, catalogue, changes)
    assert names is not None, claim.id
    return [_Wish(model, suite.id, task, name, claim) for model, name in names.items()]


def _obstacle(claim: Claim, catalogue: Catalogue, changes: Changes) -> tuple[Says, str] | None:
    """Return why no run can be planned for a claim, and what would help; None where one can."""
    if "measured" not in claim.lanes:
        if claim.untestable:
            return Says(
                en=f"not testable: {claim.untestable}", ko=f"검증할 수 없음: {claim.untestable}"
            ), "nothing"
        return Says(en="decided on paper", ko="문서로 판정함"), "harness check"
    if claim.kind in UNMEASURED or claim.kind not in {*get_args(DecidedKind), "structure"}:
        why = Says(
            en=f"the ledger does not say which runs a claim of kind {claim.kind} needs",
            ko=f"{claim.kind} 유형에 필요한 실행이 목록에 아직 없음",
        )
        return why, "harness decide, from files of answers"
    benchmark = catalogue.benchmarks.get(claim.benchmark or "")
    missing = missing_for(claim, benchmark, catalogue.models, catalogue.suites)
    if missing is not None:
        why, add = missing
        return why, add.en
    assert benchmark is not None
    lacks = lacking(benchmark, claim.metric)
    if lacks is not None:
        return Says(en=lacks, ko=f"{benchmark.names[0]} 과제를 실행할 수 없음"), "nothing here yet"
    return _no_server(claim, catalogue) or _no_protocol(claim, catalogue, changes)


def _no_server(claim: Claim, catalogue: Catalogue) -> tuple[Says, str] | None:
    for name in _subjects(claim):
        if name not in catalogue.models:
            why = Says(en=f"{name} has no config yet", ko=f"{name} 모델의 설정이 아직 없음")
            return why, f"add configs/model/{name}.yaml"
        if catalogue.models[name].hosted is not None:
            why = Says(en=f"{name} is served by its maker only", ko=f"{name} 모델은 제작사만 제공함")
            return why, f"harness run model={name} serving=hosted"
    return None


def _no_protocol(claim: Claim, catalogue: Catalogue, changes: Changes) -> tuple[Says, str] | None:
    suite = suite_for(claim, catalogue.suites)
    if suite is None or _protocols(claim, suite, catalogue, changes) is not None:
        return None
    names = ", ".join(_subjects(claim))
    mode = "" if claim.mode is None else f" in mode {claim.mode}"
    why = Says(en=f"no protocol runs {names}{mode}", ko=f"{names} 모델에 맞는 프로토콜이 없음")
    return why, f"a protocol in configs/protocol/maker/ for {names}"


def _subjects(claim: Claim) -> list[str]:
    return [claim.model, *(claim.comparators if claim.kind in COMPARED else [])]


def _protocols(claim: Claim, suite: Suite, catalogue: Catalogue, changes: Changes) -> dict[str, str] | None:
    """Return the protocol of each model that a claim is about; None where there is none that fits them all.

    Models are compared under one protocol, or each under its own maker's; a claim about a mode is run in it.
    """
    if changes.protocol is not None:
        bases = [changes.protocol]
    elif suite.protocol in ("maker", "house"):
        bases = list(dict.fromkeys([suite.protocol, "house", "variant/thinking", "variant/no_thinking"]))
    else:
        bases = [suite.protocol]
    for base in bases:
        found = {
            name: _fitting(base, name, claim, claim.mode if name == claim.model else None, catalogue)
            for name in _subjects(claim)
        }
        named = {model: protocol for model, protocol in found.items() if protocol is not None}
        if len(named) == len(found):
            return named
    return None


def _fitting(base: str, name: str, claim: Claim, mode: Mode | None, catalogue: Catalogue) -> str | None:
    candidates = [f"maker/{name}", f"maker/{name}_{mode}"] if base == "maker" else [base]
    model = catalogue.models[name]
    for candidate in candidates:
        protocol = catalogue.protocols.get(candidate)
        if protocol is not None and _fits(protocol.on(claim.benchmark or ""), model, mode):
            return candidate
    return None


def _fits(protocol: Protocol, model: Model, mode: Mode | None) -> bool:
    """Return whether a model can be run under a protocol, and does so in this mode."""
    if protocol.sampling == "recommended" and model.sampling is None and protocol.unrecommended is None:
        return False
    if model.thinking is None:
        return protocol.thinking != "on"
    try:
        model.thinking.switch(protocol.thinking)
    except ValueError:
        return False
    return mode is None or model.thinking.happens(protocol.thinking) == (mode == "thinking")


def _protocol_named(suite: Suite, model: Model, catalogue: Catalogue, changes: Changes) -> str:
    """Return the protocol of a whole suite on a model: what `harness run` takes."""
    if changes.protocol is not None:
        return changes.protocol
    own = f"maker/{model.id}"
    if suite.protocol != "maker":
        return suite.protocol
    return own if own in catalogue.protocols else "house"


def _merged(
    wishes: Collection[_Wish], catalogue: Catalogue, needed: Mapping[str, int], changes: Changes
) -> list[PlannedRun]:
    """Return one run for all wishes of the same answers; a model's runs follow each other, as first wished for."""
    groups: dict[tuple[str, str, str], list[_Wish]] = {}
    for wish in wishes:
        groups.setdefault(wish.key, []).append(wish)
    order = {model: place for place, model in enumerate(dict.fromkeys(wish.model for wish in wishes))}
    runs = [_run(group, catalogue, needed, changes) for group in groups.values()]
    return sorted(runs, key=lambda run: order[run.model])


def _run(
    group: Collection[_Wish], catalogue: Catalogue, needed: Mapping[str, int], changes: Changes
) -> PlannedRun:
    first = next(iter(group))
    benchmark = catalogue.benchmarks[first.task.benchmark]
    claims = dict.fromkeys(wish.claim.id for wish in group if wish.claim is not None)
    items = changes.items if changes.items is not None else _items(group)
    if items is not None and benchmark.items is not None:
        items = min(items, benchmark.items)
    repeats = changes.repeats
    if repeats is None:
        protocol = catalogue.protocols[first.protocol].on(benchmark.id)
        taken = items or benchmark.items
        own = first.task.repeats or protocol.repeats or (floor_repeats(taken) if taken is not None else None)
        asked = [needed[claim] for claim in claims if claim in needed]
        met = [count for count in asked if own is None or count <= MOST_TIMES * own]
        repeats = max([*met, *([own] if own is not None else [])], default=None)
    return PlannedRun(
        model=first.model,
        suite=first.suite,
        benchmark=benchmark.id,
        protocol=first.protocol,
        items=items,
        repeats=repeats,
        claims=list(claims),
    )


def _items(group: Collection[_Wish]) -> int | None:
    """Return the items that all wishes need: evenly spaced sets of two sizes share none, so then all are taken."""
    wanted = set(_wanted(group))
    return wanted.pop() if len(wanted) == 1 else None


def _wanted(group: Collection[_Wish]) -> Iterator[int | None]:
    whole_suites = [wish for wish in group if wish.claim is None]
    if whole_suites:  # a suite says what it takes, whatever its claims would like
        yield from (wish.task.items for wish in whole_suites)
    else:
        yield from (wish.claim.items for wish in group if wish.claim is not None)
