"""Tables of what was measured: scores of runs, answers, and what others measured."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from harness.records import Sample
from harness.report.exports.dataset import Dataset, Shared, as_json, public_name, shared
from harness.report.exports.measured import Measured, Summary, headline, summary
from harness.report.exports.tables import Column, Table
from harness.verdicts import RunEvidence


@dataclass(frozen=True)
class Measurement:
    """A metric of a run."""

    run: RunEvidence
    name: str
    """The model as others know it."""
    summary: Summary
    metric: Measured
    headline: bool


@dataclass(frozen=True)
class Answered:
    """An answer of a run, and what of it may be passed on."""

    run: RunEvidence
    sample: Sample
    shared: Shared


def run_tables(data: Dataset) -> list[Table]:
    """Return the tables `measurements`, `samples` and `third_party`."""
    answers = [
        Answered(run, sample, shared(sample, data.benchmarks.get(run.manifest.benchmark), data.prompts))
        for run in data.runs
        for sample in sorted(run.samples, key=lambda sample: sample.key)
    ]
    return [
        Table(
            "measurements",
            "Scores of our runs, a row per run and metric",
            "실행별·지표별 측정 점수",
            MEASUREMENTS,
            list(_measurements(data)),
        ),
        Table("samples", "Every answer of our runs", "실행의 모든 답변", SAMPLES, answers),
        Table(
            "third_party",
            "What others measured: imported logs, no evidence for any verdict",
            "다른 곳의 측정(가져온 기록, 판정의 근거가 아님)",
            THIRD_PARTY,
            data.third_party,
        ),
    ]


def _measurements(data: Dataset) -> Iterator[Measurement]:
    for run in data.runs:
        found = summary(run)
        benchmark = data.benchmarks.get(run.manifest.benchmark)
        first = headline(run, benchmark) if benchmark else None
        name = public_name(run.manifest.identity.model, data.models)
        for metric in found.metrics:
            yield Measurement(run, name, found, metric, metric.metric == first)


def _identity(name: str) -> Callable[[Measurement], Any]:
    return lambda row: getattr(row.run.manifest.identity, name)


def _decoding(name: str) -> Callable[[Measurement], Any]:
    return lambda row: getattr(row.run.manifest.identity.decoding, name)


def _deviations(row: Measurement) -> str:
    return as_json([f"{d.field}={d.value}" for d in row.run.manifest.deviations])


MEASUREMENTS = (
    Column("run", "string", lambda r: r.run.folder, "folder of the run", "실행 폴더"),
    Column("model", "string", _identity("model"), "our id of the model", "모델 식별자"),
    Column("released_as", "string", lambda r: r.name, "as others know it, owner/name", "공개된 이름(소유자/이름)"),
    Column("benchmark", "string", lambda r: r.run.manifest.benchmark, "benchmark", "벤치마크"),
    Column("metric", "string", lambda r: r.metric.metric, "metric, with its filter", "지표(추출 방식 포함)"),
    Column("headline", "boolean", lambda r: r.headline, "whether it is the run's score", "대표 점수 여부"),
    Column("score", "number", lambda r: r.metric.mean, "mean, in the metric's unit", "평균(지표의 단위)"),
    Column("standard_error", "number", lambda r: r.metric.error, "over sampled items", "문항 기준 표준오차"),
    Column("items", "integer", lambda r: r.summary.items, "items answered", "답한 문항 수"),
    Column("items_total", "integer", lambda r: r.run.manifest.benchmark_items, "items there are", "전체 문항 수"),
    Column("repeats", "integer", lambda r: r.summary.repeats, "repeats begun", "시작한 반복 횟수"),
    Column("answers", "integer", lambda r: r.summary.answers, "answers on record", "기록된 답변 수"),
    Column(
        "statuses",
        "string",
        lambda r: as_json(r.summary.statuses),
        "how they ended (JSON)",
        "답변 상태별 수(JSON)",
    ),
    Column("protocol", "string", lambda r: r.run.manifest.protocol, "protocol", "실행 조건"),
    Column(
        "thinks", "boolean", lambda r: r.run.manifest.thinks, "thinks before it answers", "답하기 전 추론 여부"
    ),
    Column("endpoint", "string", _identity("endpoint"), "chat or completions", "요청 방식"),
    Column("num_fewshot", "integer", _identity("num_fewshot"), "worked examples", "예시 수"),
    Column("temperature", "number", _decoding("temperature"), "temperature", "온도"),
    Column("top_p", "number", _decoding("top_p"), "top-p", "top-p"),
    Column("top_k", "integer", _decoding("top_k"), "top-k", "top-k"),
    Column("max_tokens", "integer", _identity("max_tokens"), "longest answer", "최대 답변 길이"),
    Column("base_seed", "integer", _identity("base_seed"), "seed of all seeds", "기본 시드"),
    Column("precision", "string", _identity("precision"), "number format of the weights", "가중치 정밀도"),
    Column("engine", "string", _identity("engine"), "engine", "추론 엔진"),
    Column("engine_version", "string", _identity("engine_version"), "its version", "엔진의 판"),
    Column("device", "string", _identity("device"), "kind of processor", "장치"),
    Column("library", "string", _identity("library"), "what scored it", "채점 도구"),
    Column("task_sha256", "string", _identity("task_sha256"), "hash of the task", "과제 해시"),
    Column("data_sha256", "string", _identity("data_sha256"), "hash of the items", "문항 해시"),
    Column("deviations", "string", _deviations, "known differences (JSON)", "알려진 조건 차이(JSON)"),
    Column("newest", "string", lambda r: r.summary.newest, "newest answer (UTC)", "가장 최근 답변(UTC)"),
    Column("code", "string", lambda r: r.run.manifest.code_version, "version of the harness", "하네스의 판"),
)
SAMPLES = (
    Column("run", "string", lambda r: r.run.folder, "folder of the run", "실행 폴더"),
    Column("item", "string", lambda r: r.sample.item, "item", "문항"),
    Column("repeat", "integer", lambda r: r.sample.repeat, "repeat, from 0", "반복(0부터)"),
    Column("seed", "integer", lambda r: r.sample.seed, "seed", "시드"),
    Column("status", "string", lambda r: r.sample.status, "how the answer ended", "답변 상태"),
    Column("scores", "string", lambda r: as_json(r.sample.scores), "score per metric (JSON)", "지표별 점수(JSON)"),
    Column("answers", "string", lambda r: as_json(r.shared.answers), "as extracted (JSON)", "추출한 답(JSON)"),
    Column("prompt_tokens", "integer", lambda r: r.sample.request.prompt_tokens, "tokens asked", "질문 토큰 수"),
    Column(
        "completion_tokens", "integer", lambda r: r.sample.completion_tokens, "tokens answered", "답변 토큰 수"
    ),
    Column("finish_reason", "string", lambda r: r.sample.finish_reason, "why it ended", "종료 이유"),
    Column("seconds", "number", lambda r: r.sample.seconds, "time it took", "걸린 시간(초)"),
    Column("started", "string", lambda r: r.sample.started or None, "start (UTC)", "시작 시각(UTC)"),
    Column("request_sha256", "string", lambda r: r.sample.request.sha256, "hash of the request", "요청 해시"),
    Column("withheld", "boolean", lambda r: r.shared.withheld, "texts may not be passed on", "본문 비공개 여부"),
    Column("text", "string", lambda r: r.shared.text, "the answer", "답변"),
    Column("reasoning", "string", lambda r: r.shared.reasoning, "the trace before it", "추론 과정"),
    Column("error", "string", lambda r: r.shared.error, "what went wrong", "오류"),
)
THIRD_PARTY = (
    Column("import", "string", lambda s: s.place, "folder of the import", "가져온 폴더"),
    Column("model", "string", lambda s: s.model, "our id, where there is one", "모델 식별자(있을 때)"),
    Column("benchmark", "string", lambda s: s.benchmark, "our id, where there is one", "벤치마크 식별자(있을 때)"),
    Column("named_model", "string", lambda s: s.named_model, "model as the log names it", "기록에 적힌 모델 이름"),
    Column("named_task", "string", lambda s: s.named_task, "task as the log names it", "기록에 적힌 과제 이름"),
    Column("metric", "string", lambda s: s.metric, "metric", "지표"),
    Column("score", "number", lambda s: s.score, "score, in the metric's unit", "점수(지표의 단위)"),
    Column("unit", "string", lambda s: s.unit, "unit, where stated", "단위(명시된 경우)"),
    Column("standard_error", "number", lambda s: s.error, "where stated", "표준오차(명시된 경우)"),
    Column("items", "integer", lambda s: s.items, "items, where stated", "문항 수(명시된 경우)"),
    Column("answers", "integer", lambda s: s.samples, "answers that we hold", "보유한 답변 수"),
    Column("scored_by", "string", lambda s: s.scored_by, "log, or harness: scored here", "채점 주체"),
    Column("by", "string", lambda s: s.by, "who measured, where stated", "측정한 곳(명시된 경우)"),
    Column(
        "protocol", "string", lambda s: as_json(dict(s.protocol)), "as far as stated (JSON)", "밝힌 조건(JSON)"
    ),
    Column("format", "string", lambda s: s.format, "format of the log", "기록 형식"),
    Column("files", "string", lambda s: as_json(list(s.files)), "files (JSON)", "파일(JSON)"),
)
