"""Tables of what was said and how it stands: claims, verdicts, findings of the desk check."""

from typing import Any

from harness.records import Claim, Finding, Verdict
from harness.report.exports.dataset import Dataset, as_json
from harness.report.exports.tables import Column, Table


def claim_tables(data: Dataset) -> list[Table]:
    """Return the tables `claims`, `verdicts` and `findings`; lists are JSON."""
    verdicts = [data.verdicts[claim.id] for claim in data.claims if claim.id in data.verdicts]
    return [
        Table("claims", "Published claims", "공개된 주장", CLAIMS, data.claims),
        Table(
            "verdicts",
            "How each claim stands against measurement (desk findings are in `findings`)",
            "측정에 비춘 각 주장의 판정(문서 대조 결과는 `findings`)",
            VERDICTS,
            verdicts,
        ),
        Table("findings", "Findings of the desk check", "문서 대조 결과", FINDINGS, data.findings),
    ]


def _end(interval: str, side: int) -> Any:
    def value(verdict: Verdict) -> float | None:
        found = getattr(verdict, interval)
        return None if found is None else float(found[side])

    return value


def _number(claim: Claim) -> float | None:
    return None if claim.printed is None else claim.number


def _failed(verdict: Verdict) -> str:
    return as_json([gate.gate for gate in verdict.gates if not gate.passed])


def _deviations(verdict: Verdict) -> str:
    return as_json([f"{deviation.field}={deviation.value}" for deviation in verdict.deviations])


CLAIMS = (
    Column("claim", "string", lambda c: c.id, "permanent id", "고유 식별자"),
    Column("source", "string", lambda c: c.source.id, "id of the document", "출처 식별자"),
    Column("source_kind", "string", lambda c: c.source.kind, "what the document is", "출처 종류"),
    Column(
        "source_party",
        "string",
        lambda c: c.source.party,
        "first: the maker's own; third: somebody else's",
        "first: 제작사, third: 제삼자",
    ),
    Column("source_title", "string", lambda c: c.source.title, "title of the document", "출처 제목"),
    Column("source_url", "string", lambda c: c.source.url, "address of the document", "출처 주소"),
    Column(
        "source_date", "string", lambda c: c.source.date, "ISO date, may be partial", "날짜(ISO, 일부일 수 있음)"
    ),
    Column("source_revision", "string", lambda c: c.source.revision, "revision of the document", "출처의 판"),
    Column(
        "source_read",
        "string",
        lambda c: c.source.read,
        "full, partial, or second_hand: known through another page only",
        "전체, 일부, 또는 다른 문서를 통해서만 확인",
    ),
    Column(
        "locator", "string", lambda c: as_json(c.locator), "where in the document (JSON)", "문서 안의 위치(JSON)"
    ),
    Column("kind", "string", lambda c: c.kind, "kind of claim", "주장 유형"),
    Column("model", "string", lambda c: c.model, "model or other subject", "모델 또는 대상"),
    Column("benchmark", "string", lambda c: c.benchmark, "benchmark", "벤치마크"),
    Column(
        "capability", "string", lambda c: c.capability, "where no benchmark is named", "벤치마크가 없을 때의 능력"
    ),
    Column("metric", "string", lambda c: c.metric, "metric as the source names it", "출처가 쓴 지표 이름"),
    Column("quantity", "string", lambda c: c.quantity, "what the number is of", "수치가 가리키는 양"),
    Column("printed", "string", lambda c: c.value, "the number as printed", "인쇄된 그대로의 수치"),
    Column("value", "number", _number, "the same as a number", "같은 값을 수로"),
    Column("unit", "string", lambda c: c.unit, "its unit", "단위"),
    Column(
        "hedge", "string", lambda c: c.hedge, "how the source words the number", "수치의 표현(정확, 약, 이상 등)"
    ),
    Column("says_en", "string", lambda c: c.says.en, "our paraphrase, English", "직접 풀어 쓴 내용(영어)"),
    Column("says_ko", "string", lambda c: c.says.ko, "our paraphrase, Korean", "직접 풀어 쓴 내용(한국어)"),
    Column("comparators", "string", lambda c: as_json(c.comparators), "compared with (JSON)", "비교 대상(JSON)"),
    Column("mode", "string", lambda c: c.mode, "thinking or non_thinking, where stated", "추론 모드(명시된 경우)"),
    Column("items", "integer", lambda c: c.items, "items measured, where not all", "문항 수(전체가 아닐 때)"),
    Column("repeats", "integer", lambda c: c.repeats, "runs of each item, where stated", "반복 횟수(명시된 경우)"),
    Column("protocol_known", "string", lambda c: as_json(c.protocol.known), "stated (JSON)", "밝힌 조건(JSON)"),
    Column(
        "protocol_unstated",
        "string",
        lambda c: as_json(c.protocol.unstated),
        "not stated (JSON)",
        "밝히지 않은 조건(JSON)",
    ),
    Column("lanes", "string", lambda c: as_json(c.lanes), "desk, measured (JSON)", "검증 방식(JSON)"),
    Column("untestable", "string", lambda c: c.untestable, "why nobody can test it", "검증할 수 없는 이유"),
    Column("standing", "string", lambda c: c.standing, "current or superseded", "현행 또는 대체됨"),
)
VERDICTS = (
    Column("claim", "string", lambda v: v.claim, "id of the claim", "주장 식별자"),
    Column("lane", "string", lambda v: v.lane, "how it was tested", "검증 방식"),
    Column("verdict", "string", lambda v: v.verdict, "how the claim stands", "판정"),
    Column("claimed", "string", lambda v: v.claimed, "as printed", "주장한 값"),
    Column("unit", "string", lambda v: v.unit, "unit of all numbers of the row", "이 행 모든 수의 단위"),
    Column("measured", "number", lambda v: v.measured, "measured", "측정값"),
    Column(
        "measured_low95",
        "number",
        _end("item_interval95", 0),
        "95 % interval over items",
        "문항 기준 95% 구간 하한",
    ),
    Column(
        "measured_high95",
        "number",
        _end("item_interval95", 1),
        "95 % interval over items",
        "문항 기준 95% 구간 상한",
    ),
    Column("items", "integer", lambda v: v.n, "items", "문항 수"),
    Column("repeats", "integer", lambda v: v.repeats, "repeats of each item", "반복 횟수"),
    Column("difference", "number", lambda v: v.difference, "measured minus claimed", "측정값 − 주장값"),
    Column("difference_low90", "number", _end("interval90", 0), "90 % interval", "90% 구간 하한"),
    Column("difference_high90", "number", _end("interval90", 1), "90 % interval", "90% 구간 상한"),
    Column("difference_low95", "number", _end("interval95", 0), "95 % interval", "95% 구간 하한"),
    Column("difference_high95", "number", _end("interval95", 1), "95 % interval", "95% 구간 상한"),
    Column("delta", "number", lambda v: v.delta, "margin", "허용 오차"),
    Column(
        "tipping_delta",
        "number",
        lambda v: v.tipping_delta,
        "least margin that reproduces it",
        "재현이 되는 최소 허용 오차",
    ),
    Column("mde80", "number", lambda v: v.mde80, "difference found 4 times in 5", "5번에 4번 찾아낼 차이"),
    Column(
        "p_reproduced", "number", lambda v: v.p_reproduced, "small where the claim holds", "주장이 맞으면 작다"
    ),
    Column(
        "p_contradicted", "number", lambda v: v.p_contradicted, "small where it does not", "주장이 틀리면 작다"
    ),
    Column(
        "failed_gates", "string", _failed, "validity checks that failed (JSON)", "통과하지 못한 타당성 점검(JSON)"
    ),
    Column("deviations", "string", _deviations, "what differs from the source (JSON)", "출처와 다른 조건(JSON)"),
    Column("protocol", "string", lambda v: v.protocol, "protocol of the run", "실행 조건"),
    Column(
        "reasons_en",
        "string",
        lambda v: as_json([r.en for r in v.reasons]),
        "why, English (JSON)",
        "이유(영어, JSON)",
    ),
    Column(
        "reasons_ko",
        "string",
        lambda v: as_json([r.ko for r in v.reasons]),
        "why, Korean (JSON)",
        "이유(한국어, JSON)",
    ),
    Column("next_en", "string", lambda v: v.next.en, "what would tell more, English", "더 알려면 할 일(영어)"),
    Column("next_ko", "string", lambda v: v.next.ko, "what would tell more, Korean", "더 알려면 할 일(한국어)"),
    Column("evidence", "string", lambda v: as_json(v.evidence), "runs it rests on (JSON)", "근거가 된 실행(JSON)"),
    Column("newest", "string", lambda v: v.newest, "newest answer (UTC)", "가장 최근 답변(UTC)"),
    Column("rule", "string", lambda v: v.rule, "version of the rule", "판정 규칙의 판"),
    Column("code", "string", lambda v: v.code, "version of the harness", "하네스의 판"),
    Column("history", "string", lambda v: as_json(v.history), "how it stood before (JSON)", "이전 판정(JSON)"),
)


def _claims(finding: Finding) -> str:
    return as_json(finding.claims)


FINDINGS = (
    Column("finding", "string", lambda f: f.id, "id", "식별자"),
    Column("check", "string", lambda f: f.check, "check that found it", "점검 이름"),
    Column("claims", "string", _claims, "claims involved (JSON)", "관련 주장(JSON)"),
    Column(
        "judged", "string", lambda f: as_json(f.judged), "those that the verdict is on (JSON)", "판정 대상(JSON)"
    ),
    Column("claimed_en", "string", lambda f: f.claimed.en, "what is said, English", "주장한 값(영어)"),
    Column("claimed_ko", "string", lambda f: f.claimed.ko, "what is said, Korean", "주장한 값(한국어)"),
    Column("recomputed_en", "string", lambda f: f.recomputed.en, "what follows, English", "다시 계산한 값(영어)"),
    Column("recomputed_ko", "string", lambda f: f.recomputed.ko, "what follows, Korean", "다시 계산한 값(한국어)"),
    Column("verdict", "string", lambda f: f.verdict, "how the claim stands on paper", "문서상 판정"),
    Column("severity", "string", lambda f: f.severity, "none, info, minor or major", "심각도"),
    Column("arithmetic", "string", lambda f: f.arithmetic, "to redo by hand", "손으로 확인할 계산"),
    Column("says_en", "string", lambda f: f.says.en, "in plain words, English", "쉬운 설명(영어)"),
    Column("says_ko", "string", lambda f: f.says.ko, "in plain words, Korean", "쉬운 설명(한국어)"),
    Column(
        "evidence", "string", lambda f: as_json(f.evidence), "where the numbers stand (JSON)", "근거 위치(JSON)"
    ),
)
