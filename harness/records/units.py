"""What printed numbers count or measure, and rates by their names; a unit that is not here is a typing slip."""

from collections.abc import Mapping

from harness.records.claim import Says

COUNTED = frozenset(
    {
        "abilities",
        "agents",
        "benchmarks",
        "cities",
        "countries",
        "data kinds",
        "derived models",
        "experts",
        "fields",
        "GPUs",
        "grade",
        "languages",
        "modalities",
        "models",
        "modes",
        "organisations",
        "projects",
        "rank",
        "sites",
        "sizes",
        "stages",
        "teams",
        "units",
    }
)
"""Things that come in whole numbers and are printed exactly."""

SCORES = frozenset(
    {"percent", "points", "percentage points", "fraction", "index points", "elo", "mean opinion score"}
)
"""Units of the cells of a table."""

_UNWRITTEN = {"percent": "%", "date": "", "text": ""}
"""Units that English does not write out."""

_KOREAN = {
    "abilities": "능력",
    "agents": "에이전트",
    "benchmarks": "벤치마크",
    "cities": "도시",
    "cosine": "코사인",
    "countries": "개국",
    "data kinds": "데이터 종류",
    "date": "",
    "days": "일",
    "derived models": "파생 모델",
    "downloads": "내려받기",
    "elo": "Elo",
    "experts": "전문가",
    "fields": "분야",
    "floating-point operations": "부동소수점 연산",
    "fraction": "비율",
    "gigabytes": "GB",
    "GPUs": "GPU",
    "grade": "등급",
    "index points": "지수점",
    "languages": "언어",
    "layers per global layer": "층 (전역 층 하나당)",
    "mean opinion score": "평균 평가점(MOS)",
    "milliseconds": "밀리초",
    "minutes": "분",
    "modalities": "모달리티",
    "models": "모델",
    "modes": "모드",
    "months": "개월",
    "organisations": "곳",
    "parameters": "매개변수",
    "percent": "%",
    "percent of data": "데이터의 %",
    "percent reduction": "% 감소",
    "percentage points": "%p",
    "points": "점",
    "points apart": "점 차",
    "points below": "점 낮음",
    "projects": "과제",
    "rank": "위",
    "seconds": "초",
    "sites": "곳",
    "sizes": "크기",
    "stages": "단계",
    "teams": "팀",
    "text": "",
    "times": "배",
    "times, as worded": "배 (표현 그대로)",
    "tokens": "토큰",
    "top percent": "상위 %",
    "units": "개",
    "users": "명",
    "weeks": "주",
    "won": "원",
}

UNITS: Mapping[str, Says] = {unit: Says(en=_UNWRITTEN.get(unit, unit), ko=ko) for unit, ko in _KOREAN.items()}
"""Every unit a claim may have, with what stands behind its numbers."""


def behind(unit: str) -> Says:
    """Return what stands behind a number in this unit, with the space between them.

    Korean writes signs and counters of one syllable close to the number.
    """
    name = UNITS[unit]
    close = len(name.ko) == 1 or name.ko.startswith("%")
    return Says(en=f" {name.en}".rstrip(), ko=name.ko if close else f" {name.ko}".rstrip())


_RATES = {
    "average": "평균",
    "average of prompt and instruction level": "프롬프트·지시 단위 평균",
    "character_error_rate": "문자 오류율",
    "prompt_loose": "프롬프트 단위, 느슨한 채점",
    "prompt_strict": "프롬프트 단위, 엄격한 채점",
    "response_rate": "응답률",
    "safe_rate": "안전 응답률",
}


def metric_name(metric: str) -> Says:
    """Return what a metric that a source names is called; one without a Korean name keeps its own."""
    told = metric.replace("_", " ")
    return Says(en=told, ko=_RATES.get(metric, told))
