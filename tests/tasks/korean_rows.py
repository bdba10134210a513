"""Small hand-made rows in the shapes of the Korean benchmarks' origins, and what a task makes of each."""

from typing import Any, NamedTuple

FOUR = ["바다", "산", "강", "들"]
FIVE = [*FOUR, "하늘"]
LETTERED = dict(zip("ABCD", FOUR, strict=True))
NLI = ["함의", "중립", "모순"]
TEN = [f"보기 {number}번" for number in range(1, 11)]


class Case(NamedTuple):
    """A row as an origin has it, and what the task makes of it."""

    benchmark: str
    row: dict[str, Any]
    asks: str
    options: list[str]
    gold: str
    part: str | None = None
    closes: str = "정답: {}"


def _exam(benchmark: str, gold: str, part: str | None, shown: list[str], /, **row: Any) -> Case:
    return Case(benchmark, {"question": "높은 것은?", **row}, "높은 것은?", shown, gold, part)


def _click(gold: str, part: str, asks: str, /, **row: Any) -> Case:
    return Case("click", row, asks, row["choices"], gold, part)


def _kbl(part: str, gold: str, asks: str = "옳은 것은?", /, *, key: str = "label", **row: Any) -> Case:
    options = [row[letter] for letter in "ABCDE" if row.get(letter)]
    return Case("kbl", {"question": "옳은 것은?", key: gold, "part": part, **row}, asks, options, gold, part)


def _nli(benchmark: str, gold: str, /, **row: Any) -> Case:
    first, second = (str(row[name]) for name in row if name in ("premise", "hypothesis", "sentence1", "sentence2"))
    return Case(benchmark, row, f"전제: {first}\n가설: {second}", NLI, gold)


def _kobest(part: str, gold: str, asks: str, options: list[str], /, **row: Any) -> Case:
    return Case("kobest", {"part": part, "label": ord(gold) - ord("A"), **row}, asks, options, gold, part)


_YES = {"A": "관련", "B": "무관"}
_RULINGS = {
    f"{side}_case_{column}": f"{side} {column}"
    for side in ("query", "retrieved")
    for column in ("appellant", "fact", "claim", "judicial_opinion")
}
_RULING = {name: text for name, text in _RULINGS.items() if name.startswith("retrieved")}
_CAUSE = {
    "facts_charged": "공소",
    "defendant_claim": "주장",
    "facts_accepted": "증거물",
    "cause": "원인",
    "effect": "결과",
}

CASES = {
    "kmmlu": _exam("kmmlu", "B", "Geomatics", FOUR, answer=2, **LETTERED, Category="Geo", part="Geomatics"),
    "kmmlu, one subject": _exam("kmmlu_criminal_law", "D", "Law", FOUR, answer=4, **LETTERED, Category="Law"),
    "kmmlu-hard": _exam("kmmlu_hard", "A", "Law", FOUR, answer=1, **LETTERED, part="Law"),
    "kmmlu-redux": _exam("kmmlu_redux", "C", None, FOUR, options=FOUR, solution="3"),
    "kmmlu-pro, fifth option": _exam(
        "kmmlu_pro", "E", "변리사", FIVE, options=FIVE, solution="5", license_name="변리사", subject="민법"
    ),
    "click, fifth choice": _click(
        "E",
        "language",
        "산은 높다.\n\n윗글에 맞는 것은?",
        id="CSAT_korean_22_3",
        paragraph="산은 높다.",
        question="윗글에 맞는 것은?",
        choices=FIVE,
        answer="하늘",
    ),
    "click, no passage": _click(
        "A",
        "culture",
        "높은 것은?",
        id="KIIP_society_7",
        paragraph="",
        question="높은 것은?",
        choices=FOUR,
        answer="바다",
    ),
    "hae-rae 1.0": Case(
        "haerae_1_0",
        {
            "query": "물음에 답하시오.\n\n### 질문: (A)처럼 높은 것은?\n### 선택지:\n"
            + "\n".join(f"({letter}) {text}" for letter, text in zip("ABCDE", FIVE, strict=True))
            + "\n### 정답:",
            "options": str(FIVE),
            "answer": "(A)",
            "part": "history",
        },
        "물음에 답하시오.\n\n### 질문: (A)처럼 높은 것은?",
        FIVE,
        "A",
        "history",
    ),
    "hae-rae 1.1, one line": Case(
        "haerae_1_1",
        {
            "query": "알맞은 날짜는?\n### 선택지: (A) 1일 (B) 2일 (C) 3일\n### 정답:",
            "options": "1일|2일|3일",
            "answer": "(C)",
            "part": "date_understanding",
        },
        "알맞은 날짜는?",
        ["1일", "2일", "3일"],
        "C",
        "date_understanding",
    ),
    "hae-rae 1.1, no headings": Case(
        "haerae_1_1",
        {"query": "알맞은 속담은?", "options": "바다|산|강|들", "answer": "(B)", "part": "proverbs_denoising"},
        "알맞은 속담은?",
        FOUR,
        "B",
        "proverbs_denoising",
    ),
    "kobalt": Case(
        "kobalt",
        {
            "ID": "0",
            "Class": "Syntax",
            "Question": "지문:\nA와 B가 만났다.\n\n문제: 맞는 것은?\n\n"
            + "".join(f"{letter}: {text}\n" for letter, text in zip("ABCDEFGHIJ", TEN, strict=True)),
            "Answer": "J",
        },
        "지문:\nA와 B가 만났다.\n\n문제: 맞는 것은?",
        TEN,
        "J",
        "Syntax",
        "정답은 {}입니다.",
    ),
    "kbl, bar exam": _kbl("bar_exam_civil_2012", "E", **LETTERED, E="하늘", key="gt"),
    "kbl, three options": _kbl("kbl_knowledge_legal_concept_qa", "B", A="참", B="거짓", C="모름", D=None),
    "kbl, cause": _kbl(
        "kbl_reasoning_causal_reasoning_qa",
        "A",
        "공소사실: 공소\n피고인 주장: 주장\n인정된 증거: 증거물\nX: 원인\nY: 결과",
        **_CAUSE,
        **_YES,
    ),
    "kbl, statements": _kbl(
        "kbl_reasoning_statement_consistency_qa",
        "B",
        "진술 1: 갑\n진술 2: 을",
        statement1="갑",
        statement2="을",
        **_YES,
    ),
    "kbl, two rulings": _kbl(
        "kbl_reasoning_case_relevance_qa_p", "A", "판결 1\n상고인: query appellant", **_RULINGS, **_YES
    ),
    "kbl, a client": _kbl(
        "kbl_reasoning_case_relevance_qa_q",
        "B",
        "의뢰인 주장: 돈\n\n판결\n상고인: retrieved appellant",
        query="돈",
        **_RULING,
        **_YES,
    ),
    "kormedmcqa": _exam("kormedmcqa", "E", "nurse", FIVE, answer=5, **LETTERED, E="하늘", part="nurse"),
    "csat-qa": Case(
        "csatqa",
        {"context": "글이다.", "question": "맞는 것은?", "gold": 4, "part": "GR"}
        | {f"option#{number}": text for number, text in enumerate(FIVE, 1)},
        "글이다.\n\n맞는 것은?",
        FIVE,
        "D",
        "GR",
    ),
    "mmmlu": Case(
        "mmmlu_ko", {"Question": "뜻은?", **LETTERED, "Answer": "B", "Subject": "law"}, "뜻은?", FOUR, "B", "law"
    ),
    "global-mmlu": Case(
        "global_mmlu_ko",
        {"question": "뜻은?", "answer": "C", "subject": "law"}
        | {f"option_{letter.lower()}": text for letter, text in LETTERED.items()},
        "뜻은?",
        FOUR,
        "C",
        "law",
    ),
    "klue-nli, file": _nli("klue_nli", "C", premise="비가 온다.", hypothesis="갰다.", gold_label="contradiction"),
    "klue-nli, hub": _nli("klue_nli", "B", premise="비가 온다.", hypothesis="춥다.", label=1),
    "kornli, file": _nli("kornli", "A", sentence1='"비가 온다.', sentence2="젖는다.", gold_label="entailment"),
    "kobest boolq": _kobest("boolq", "B", "산.\n\n높은가?", ["아니오", "예"], paragraph="산.", question="높은가?"),
    "kobest copa": _kobest(
        "copa",
        "A",
        "비가 왔다.\n\n이 일의 결과로",
        ["젖었다.", "말랐다."],
        premise="비가 왔다.",
        question="결과",
        alternative_1="젖었다.",
        alternative_2="말랐다.",
    ),
    "kobest hellaswag": _kobest(
        "hellaswag",
        "D",
        "문을 열었다.",
        FOUR,
        context="문을 열었다.",
        **{f"ending_{number}": text for number, text in enumerate(FOUR, 1)},
    ),
    "kobest sentineg": _kobest("sentineg", "B", "문장: 없지 않다.", ["부정", "긍정"], sentence="없지 않다."),
    "kobest wic": _kobest(
        "wic",
        "A",
        "문장1: [배]에\n문장2: [배]를",
        ["아니오", "예"],
        word="배",
        context_1="[배]에",
        context_2="[배]를",
    ),
}
