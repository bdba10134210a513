"""For a claim without a run: why there is none, and the command that would measure it."""

from collections.abc import Collection, Mapping

from harness.records import Benchmark, Claim, Says, Suite
from harness.records.units import metric_name


def plan_for(
    claim: Claim, benchmark: Benchmark | None, models: Collection[str], suites: Mapping[str, Suite]
) -> tuple[Says, Says]:
    """Return (why the claim is not measured yet, what would measure it: a command where there is one)."""
    missing = missing_for(claim, benchmark, models, suites)
    if missing is not None:
        return missing
    suite = suite_for(claim, suites)
    assert benchmark is not None
    assert suite is not None
    name = benchmark.names[0]
    size = Says.same("")
    if benchmark.items is not None:
        size = Says(en=f" ({benchmark.items:,} items)", ko=f" ({benchmark.items:,}문항)")
    why = Says(en=f"no run on {name}{size.en}", ko=f"{name}{size.ko} 실행 없음")
    return why, Says.same(f"harness run model={claim.model} suite={suite.id}")


def missing_for(
    claim: Claim, benchmark: Benchmark | None, models: Collection[str], suites: Mapping[str, Suite]
) -> tuple[Says, Says] | None:
    """Return (what a run for the claim lacks, what to add); None where a suite can run it."""
    if claim.model not in models:
        why = Says(en=f"{claim.model} has no config yet", ko=f"{claim.model} 모델의 설정이 아직 없음")
        file = f"configs/model/{claim.model}.yaml"
        return why, Says(en=f"add {file}", ko=f"모델 설정 {file}")
    if claim.kind == "structure":
        why = Says(en="its checkpoint was not looked at", ko="체크포인트를 아직 살펴보지 않음")
        return why, Says.same(f"harness run model={claim.model}")
    if benchmark is None:
        why = Says(en="the claim names no benchmark", ko="벤치마크가 명시되지 않음")
        return why, Says(en="a source that names one", ko="벤치마크를 밝힌 출처")
    name = benchmark.names[0]
    if benchmark.task is None:
        need = f", it needs a {benchmark.needs[0]}" if benchmark.needs else ""
        need_ko = f" ({benchmark.needs[0]} 필요)" if benchmark.needs else ""
        why = Says(en=f"no task runs {name} yet{need}", ko=f"{name} 과제가 아직 없음{need_ko}")
        return why, Says(en=f"a task for {name} in tasks/", ko=f"{name} 과제 (tasks/)")
    if claim.metric is not None and claim.metric not in benchmark.metrics:
        metric = metric_name(claim.metric).ko
        why = Says(
            en=f'no task reports "{claim.metric}" on {name}', ko=f"{name}에서 ‘{metric}’ 지표를 내는 과제가 없음"
        )
        return why, Says(en=f"a task for {name} that reports it", ko=f"그 지표를 내는 {name} 과제")
    if suite_for(claim, suites) is None:
        why = Says(en=f"no suite holds {name}", ko=f"{name} 과제가 든 모음이 없음")
        return why, Says(en="a suite that holds it", ko="그 과제가 든 모음")
    return None


def suite_for(claim: Claim, suites: Mapping[str, Suite]) -> Suite | None:
    """Return the suite to run for a claim: that of its source's own rows, else one that takes all the items."""
    tasks = {
        suite.id: task for suite in suites.values() for task in suite.tasks if task.benchmark == claim.benchmark
    }
    own = f"table/{claim.source.id}"
    if own in tasks:
        return suites[own]
    whole = next((name for name, task in tasks.items() if task.items is None), None)
    name = whole or next(iter(tasks), None)
    return None if name is None else suites[name]
