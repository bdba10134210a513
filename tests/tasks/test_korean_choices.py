"""The Korean multiple-choice benchmarks, on small items in the shapes of their origins."""

import unicodedata
from typing import Any, NamedTuple

import pytest

from harness.records import Protocol
from tests.tasks.conftest import graded, prompt

LETTERED = {"A": "바다", "B": "산", "C": "강", "D": "들"}


class Case(NamedTuple):
    """A row as an origin has it, and what the task makes of it."""

    benchmark: str
    row: dict[str, Any]
    asks: str
    options: list[str]
    gold: str
    part: str | None = None
    closes: str = "정답: {}"


def _kbl(**columns: Any) -> dict[str, Any]:
    return {"question": "옳은 것은?", **columns}


CASES = {
    "kmmlu": Case(
        "kmmlu",
        {"question": "높은 것은?", "answer": 2, **LETTERED, "Category": "Geo", "Human Accuracy": 0.5, "part": "Geomatics"},
        "높은 것은?",
        ["바다", "산", "강", "들"],
        "B",
        "Geomatics",
    ),
    "kmmlu, one subject's file": Case(
        "kmmlu_criminal_law",
        {"question": "옳은 것은?", "answer": 4, **LETTERED, "Category": "Criminal Law", "Human Accuracy": 0.4},
        "옳은 것은?",
        ["바다", "산", "강", "들"],
        "D",
        "Criminal Law",
    ),
    "kmmlu-hard": Case(
        "kmmlu_hard",
        {"question": "높은 것은?", "answer": 1, **LETTERED, "part": "Law"},
        "높은 것은?",
        ["바다", "산", "강", "들"],
        "A",
        "Law",
    ),
    "kmmlu-redux": Case(
        "kmmlu_redux",
        {"question": "높은 것은?", "options": ["바다", "산", "강", "들"], "solution": "3"},
        "높은 것은?",
        ["바다", "산", "강", "들"],
        "C",
    ),
    "kmmlu-pro with a fifth option": Case(
        "kmmlu_pro",
        {
            "question": "높은 것은?",
            "options": ["바다", "산", "강", "들", "하늘"],
            "solution": "5",
            "license_name": "변리사",
            "subject": "민법",
        },
        "높은 것은?",
        ["바다", "산", "강", "들", "하늘"],
        "E",
        "변리사",
    ),
    "click with a fifth choice": Case(
        "click",
        {
            "id": "CSAT_korean_22_3",
            "paragraph": "산은 높다.",
            "question": "윗글에 맞는 것은?",
            "choices": ["바다", "산", "강", "들", "하늘"],
            "answer": "하늘",
        },
        "맥락: 산은 높다.\n질문: 윗글에 맞는 것은?",
        ["바다", "산", "강", "들", "하늘"],
        "E",
        "language",
    ),
    "click without a passage": Case(
        "click",
        {
            "id": "KIIP_society_7",
            "paragraph": "",
            "question": "명절은?",
            "choices": ["설날", "월요일", "어제", "봄"],
            "answer": "설날",
        },
        "명절은?",
        ["설날", "월요일", "어제", "봄"],
        "A",
        "culture",
    ),
    "hae-rae 1.0": Case(
        "haerae_1_0",
        {
            "query": "다음 물음에 답하시오.\n\n### 질문: 밥을 (A)처럼 담는 것은?\n### 선택지:\n(A) 그릇\n(B) 구름\n(C) 길\n(D) 꿈\n(E) 꽃\n### 정답:",
            "options": "['그릇', '구름', '길', '꿈', '꽃']",
            "answer": "(A)",
            "part": "general_knowledge",
        },
        "다음 물음에 답하시오.\n\n### 질문: 밥을 (A)처럼 담는 것은?",
        ["그릇", "구름", "길", "꿈", "꽃"],
        "A",
        "general_knowledge",
    ),
    "hae-rae 1.1, options on one line": Case(
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
    "kobalt": Case(
        "kobalt",
        {
            "ID": "0",
            "Class": "Syntax",
            "Subclass": "Agreement",
            "Question": "지문:\nA와 B가 만났다.\n\n문제: 맞는 것은?\n\n" + "".join(f"{letter}: 보기 {letter}번째\n" for letter in "ABCDEFGHIJ"),
            "Answer": "J",
            "Level": 1,
            "Sampling_YN": 0,
        },
        "지문:\nA와 B가 만났다.\n\n문제: 맞는 것은?",
        [f"보기 {letter}번째" for letter in "ABCDEFGHIJ"],
        "J",
        "Syntax",
        "정답은 {}입니다.",
    ),
    "kbl, bar exam": Case(
        "kbl",
        _kbl(**LETTERED, E="하늘", gt="E", part="bar_exam_civil_2012"),
        "옳은 것은?",
        ["바다", "산", "강", "들", "하늘"],
        "E",
        "bar_exam_civil_2012",
    ),
    "kbl, three options": Case(
        "kbl",
        _kbl(A="참", B="거짓", C="모름", D=None, label="B", part="kbl_knowledge_common_legal_mistake_qa"),
        "옳은 것은?",
        ["참", "거짓", "모름"],
        "B",
        "kbl_knowledge_common_legal_mistake_qa",
    ),
    "kbl, causal reasoning": Case(
        "kbl",
        _kbl(
            facts_charged="공소", defendant_claim="주장", facts_accepted="증거물", cause="원인", effect="결과",
            A="인과관계가 있다", B="없다", label="A", part="kbl_reasoning_causal_reasoning_qa",
        ),  # fmt: skip
        "옳은 것은?\n검사의 공소사실: 공소\n피고인의 주장: 주장\n증거: 증거물\nX, Y를 각각\nX: 원인\nY: 결과",
        ["인과관계가 있다", "없다"],
        "A",
        "kbl_reasoning_causal_reasoning_qa",
    ),
    "kbl, statements": Case(
        "kbl",
        _kbl(statement1="갑", statement2="을", A="일치", B="불일치", label="B", part="kbl_reasoning_statement_consistency_qa"),
        "옳은 것은?\n진술1: 갑\n진술2: 을",
        ["일치", "불일치"],
        "B",
        "kbl_reasoning_statement_consistency_qa",
    ),
    "kbl, two rulings": Case(
        "kbl",
        _kbl(
            **{f"{side}_case_{column}": f"{side} {column}"
               for side in ("query", "retrieved") for column in ("appellant", "fact", "claim", "judicial_opinion")},
            A="관련", B="무관", label="A", part="kbl_reasoning_case_relevance_qa_p",
        ),  # fmt: skip
        "[첫번째 판결문 상고인]\nquery appellant",
        ["관련", "무관"],
        "A",
        "kbl_reasoning_case_relevance_qa_p",
    ),
    "kbl, a client's claim": Case(
        "kbl",
        _kbl(
            query="돈을 못 받았다", retrieved_case_appellant="갑", retrieved_case_fact="사실", retrieved_case_claim="주장",
            retrieved_case_judicial_opinion="의견", A="관련", B="무관", label="B", part="kbl_reasoning_case_relevance_qa_q",
        ),  # fmt: skip
        "[의뢰인의 주장]\n돈을 못 받았다\n\n[판결문]\n- 상고인\n갑",
        ["관련", "무관"],
        "B",
        "kbl_reasoning_case_relevance_qa_q",
    ),
    "kormedmcqa": Case(
        "kormedmcqa",
        {"question": "처치는?", **LETTERED, "E": "하늘", "answer": 5, "part": "nurse"},
        "처치는?",
        ["바다", "산", "강", "들", "하늘"],
        "E",
        "nurse",
    ),
    "csat-qa": Case(
        "csatqa",
        {
            "context": "글이다.", "question": "맞는 것은?", "option#1": "바다", "option#2": "산", "option#3": "강",
            "option#4": "들", "option#5": "하늘", "gold": 4, "part": "GR",
        },  # fmt: skip
        "글이다.\n\n맞는 것은?",
        ["바다", "산", "강", "들", "하늘"],
        "D",
        "GR",
    ),
    "mmmlu": Case(
        "mmmlu_ko",
        {"Question": "높은 것은?", **LETTERED, "Answer": "B", "Subject": "anatomy"},
        "높은 것은?",
        ["바다", "산", "강", "들"],
        "B",
        "anatomy",
    ),
    "global-mmlu": Case(
        "global_mmlu_ko",
        {
            "question": "높은 것은?", "option_a": "바다", "option_b": "산", "option_c": "강", "option_d": "들",
            "answer": "C", "subject": "law",
        },  # fmt: skip
        "높은 것은?",
        ["바다", "산", "강", "들"],
        "C",
        "law",
    ),
    "klue-nli's file": Case(
        "klue_nli",
        {"guid": "0", "premise": "비가 온다.", "hypothesis": "날이 갰다.", "gold_label": "contradiction"},
        "전제: 비가 온다.\n가설: 날이 갰다.",
        ["함의", "중립", "모순"],
        "C",
    ),
    "klue-nli on the hub": Case(
        "klue_nli",
        {"guid": "0", "source": "x", "premise": "비가 온다.", "hypothesis": "춥다.", "label": 1},
        "전제: 비가 온다.\n가설: 춥다.",
        ["함의", "중립", "모순"],
        "B",
    ),
    "kornli": Case(
        "kornli",
        {"sentence1": '"비가 온다.', "sentence2": "젖는다.", "gold_label": "entailment"},
        '전제: "비가 온다.\n가설: 젖는다.',
        ["함의", "중립", "모순"],
        "A",
    ),
    "kobest boolq": Case(
        "kobest",
        {"paragraph": "산은 높다.", "question": "산은 높은가?", "label": 1, "part": "boolq"},
        "산은 높다.\n\n산은 높은가?",
        ["아니오", "예"],
        "B",
        "boolq",
    ),
    "kobest copa": Case(
        "kobest",
        {
            "premise": "비가 왔다.", "question": "결과", "alternative_1": "젖었다.", "alternative_2": "말랐다.",
            "label": 0, "part": "copa",
        },  # fmt: skip
        "비가 왔다.\n\n이 일의 결과로 더 알맞은 것",
        ["젖었다.", "말랐다."],
        "A",
        "copa",
    ),
    "kobest hellaswag": Case(
        "kobest",
        {
            "context": "문을 열었다.", "ending_1": "들어갔다.", "ending_2": "날았다.", "ending_3": "녹았다.",
            "ending_4": "울었다.", "label": 0, "part": "hellaswag",
        },  # fmt: skip
        "문을 열었다.",
        ["들어갔다.", "날았다.", "녹았다.", "울었다."],
        "A",
        "hellaswag",
    ),
    "kobest sentineg": Case(
        "kobest",
        {"sentence": "맛이 없지 않다.", "label": 1, "part": "sentineg"},
        "문장: 맛이 없지 않다.",
        ["부정", "긍정"],
        "B",
        "sentineg",
    ),
    "kobest wic": Case(
        "kobest",
        {"word": "배", "context_1": "[배]를 탔다.", "context_2": "[배]를 먹었다.", "label": 0, "part": "wic"},
        "문장1: [배]를 탔다.\n문장2: [배]를 먹었다.",
        ["아니오", "예"],
        "A",
        "wic",
    ),
}  # fmt: skip


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def case(request):
    return request.param


def test_a_row_becomes_one_question_with_every_option_shown(case, task_on):
    loaded = task_on(case.benchmark, [case.row])
    doc = loaded.task.instances[0].doc
    sent = prompt(loaded)
    assert doc["options"] == case.options
    assert chr(ord("A") + doc["gold"]) == case.gold
    assert doc.get("part") == case.part
    assert case.asks in sent
    assert all(option in sent for option in case.options)
    assert loaded.stop == [] and loaded.num_fewshot == 0


def test_answers_are_scored_by_the_letter_they_settle_on(case, task_on):
    loaded = task_on(case.benchmark, [case.row])
    other = "B" if case.gold == "A" else "A"
    closing = case.closes.format
    beyond = chr(ord("A") + len(case.options))

    def both(text: str) -> tuple[float, float]:
        scores = graded(loaded, 0, text).scores
        return scores["accuracy,strict"], scores["accuracy,lenient"]

    right = f"{other}는 틀린 설명이다. 그러므로 남는 것은 하나다.\n{closing(case.gold)}"
    assert both(right) == (1.0, 1.0), "right"
    assert both(f"하나씩 살펴본다.\n{closing(other)}") == (0.0, 0.0), "wrong"
    assert both(f"{case.gold}는 그럴듯하고 {other}는") == (0.0, 0.0), "cut before the answer"
    assert both(f"{closing(other)}\n다시 보니 아니다.\n**{closing(case.gold)}**") == (1.0, 1.0), "the last one counts"
    assert both(unicodedata.normalize("NFD", right)) == (1.0, 1.0), "decomposed Hangul"
    assert both(closing(chr(ord(case.gold) + 0xFEE0))) == (1.0, 1.0), "a full-width letter"
    assert both(f"> {closing(case.gold)}\n라는 문장이 지문에 있다.\n{closing(other)}") == (0.0, 0.0), "a quoted answer"
    assert both(f"살펴보았다.\n{closing(beyond)}") == (0.0, 0.0), "a letter beyond the options"


@pytest.mark.parametrize("text", ["", "A를 보면 맞는 것 같고, B를 보면", "정답은", "모르겠습니다."])
def test_no_answer_is_unparsed(text, task_on):
    loaded = task_on("kobalt", [CASES["kobalt"].row])
    assert not graded(loaded, 0, text).parsed


def test_shuffled_options_keep_the_right_one(case, task_on):
    protocol = Protocol(id="test", max_tokens=64, stop=[], options="shuffled", base_seed=5)
    doc = task_on(case.benchmark, [case.row], protocol=protocol).task.instances[0].doc
    assert sorted(doc["options"]) == sorted(case.options)
    assert doc["options"][doc["gold"]] == case.options[ord(case.gold) - ord("A")]


def test_worked_examples_come_from_the_items_named_for_them(task_on):
    row = CASES["kmmlu"].row
    example = {**row, "question": "낮은 것은?", "answer": 1}
    loaded = task_on("kmmlu", [row], fewshot=[example], protocol=Protocol(id="test", max_tokens=64, num_fewshot=1))
    assert "낮은 것은?" in str(loaded.task.instances[0].args[0])
    assert "정답: A" in str(loaded.task.instances[0].args[0])


def test_kobalts_prompt_is_its_makers(task_on):
    sent = prompt(task_on("kobalt", [CASES["kobalt"].row]))
    assert sent.startswith("다음 문제에 대해서 충분히 생각하고 추론하여, 10개의 보기(A, B, C, D, E, F, G, H, I, J) 중")
    assert CASES["kobalt"].row["Question"].strip() in sent
    assert sent.endswith("정답: 문제를 풀기 위해, 한 번 천천히 생각해봅시다.")
