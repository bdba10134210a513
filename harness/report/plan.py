"""A plan for people: its runs, its claims, what is left out, and the sum."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from harness.planning.plan import ClaimShare, CostedRun, Plan
from harness.planning.runs import Unplanned
from harness.records import Cost
from harness.report.marks import MARKS

NOTHING = frozenset({"nothing", "harness check"})
"""What would help a claim that no run could decide."""
SHAPES = {True: MARKS["reproduced"].shape, False: MARKS["undecided"].shape, None: MARKS["not_measured"].shape}


def plan_parts(plan: Plan) -> Iterator[RenderableType]:
    """Yield what to print."""
    if plan.runs:
        yield _runs(plan.runs)
        yield _bases(plan.runs)
    if plan.claims:
        yield _claims(plan.claims)
    if plan.unplanned:
        yield _unplanned(plan.unplanned)
    yield _sum(plan)


def _runs(runs: Sequence[CostedRun]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("model", "benchmark", "protocol"):
        table.add_column(name, overflow="fold")
    for name in ("items", "K", "tokens", "at most", "GPUs", "GPU h", "at most", "claims"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in runs:
        run, cost = each.run, each.cost
        items = f"{cost.requests // run.repeats:,}" if cost.requests is not None and run.repeats else "?"
        table.add_row(
            run.model,
            run.benchmark,
            run.protocol,
            items,
            str(run.repeats or "?"),
            short(cost.tokens_out),
            short(cost.tokens_out_most),
            _gpus(cost),
            hours(cost.gpu_hours),
            hours(cost.gpu_hours_most),
            str(len(run.claims) or "–"),
        )
    return table


def _bases(runs: Sequence[CostedRun]) -> str:
    """Return what the numbers of each model rest on, once."""
    lines: dict[str, dict[str, None]] = {}
    for each in runs:
        lines.setdefault(each.run.model, {}).update(dict.fromkeys(says.en for says in each.cost.basis))
    return "\n".join(f"[dim]{model}: {escape('; '.join(found))}[/dim]" for model, found in lines.items())


def _claims(claims: Sequence[ClaimShare]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("")
    table.add_column("claim", overflow="fold")
    table.add_column("before a run", overflow="fold")
    for name in ("GPU h", "at most"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in sorted(claims, key=lambda one: (one.decidable is not True, one.decidable is False)):
        share = hours(one.gpu_hours), hours(one.gpu_hours_most)
        table.add_row(SHAPES[one.decidable], escape(one.claim), escape(one.why.en), *share)
    return table


def _unplanned(claims: Sequence[Unplanned]) -> str:
    """Return why claims have no run, the most frequent first; what nothing would help, one line a kind."""
    closed = Counter(one.why.en.partition(":")[0] for one in claims if one.fix in NOTHING)
    counts = Counter((one.why.en, one.fix) for one in claims if one.fix not in NOTHING)
    lines = [f"  {count:,}: {why}" for why, count in closed.most_common()]
    lines += [f"  {count:,}: {why}; what would: {fix}" for (why, fix), count in counts.most_common()]
    return escape("\n".join([f"without a run: {len(claims):,} claims", *lines]))


def _sum(plan: Plan) -> str:
    decidable = Counter(one.decidable for one in plan.claims)
    servers = len({each.run.model for each in plan.runs})
    cost = plan.total
    told = "".join(f" ({says.en})" for says in cost.basis)
    return (
        f"{plan.cluster}: runs {len(plan.runs):,}, servers {servers}, answers {short(cost.requests)}, tokens "
        f"{short(cost.tokens_out)} (at most {short(cost.tokens_out_most)}), GPU hours {hours(cost.gpu_hours)} "
        f"(at most {hours(cost.gpu_hours_most)}){told}\n"
        f"claims {len(plan.claims):,}: {decidable[True]} decidable, {decidable[False]} only if they are far off, "
        f"{decidable[None]} not known before a run; starts of servers, queues and what is answered "
        "already not counted"
    )


def _gpus(cost: Cost) -> str:
    if cost.gpus is None or cost.nodes is None:
        return "?"
    return f"{cost.nodes}x{cost.gpus // cost.nodes}"


def short(number: float | None) -> str:
    """Return a count in three digits, such as `4.10M`; `?` for None."""
    if number is None:
        return "?"
    for limit, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= limit:
            return f"{number / limit:.3g}{letter}"
    return f"{number:.0f}"


def hours(number: float | None) -> str:
    """Return hours in two digits, whole from ten on, `<0.01` below that; `?` for None."""
    if number is None:
        return "?"
    if 0 < number < 0.01:
        return "<0.01"
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"
