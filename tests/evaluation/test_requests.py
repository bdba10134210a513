"""What is sent is what the protocol says, and nothing else."""

import json

import pytest

from harness.errors import HarnessError
from harness.evaluation.requests import RequestPlan
from harness.records import Decoding

ITEM = "quiz/00001"
ASKED = [{"role": "user", "content": "안녕"}]


def plan(**changes):
    data = {
        "model": "m",
        "endpoint": "chat",
        "decoding": Decoding(temperature=0.2, top_p=0.9),
        "thinking": {"chat_template_kwargs": {"enable_thinking": True}},
        "max_tokens": 24,
        "stop": ["\n\n"],
        "base_seed": 7,
    }
    return RequestPlan.model_validate(data | changes)


def request(plan, messages=ASKED, repeat=2):
    prompt = json.dumps(messages) if plan.endpoint == "chat" else "안녕"
    return plan.seeded(plan.body(prompt), ITEM, repeat)


def refused(plan, body):
    with pytest.raises(HarnessError) as caught:
        plan.check(body, ITEM, 2)
    return caught.value.found


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"endpoint": "completions"},
        {"stop": [], "thinking": {}},
        {"fields": {"max_tokens": "max_completion_tokens", "seed": None, "top_p": None}},
        {"thinking": {"reasoning_effort": "high"}},
    ],
    ids=["chat", "completions", "bare", "renamed and left out", "a switch in the request"],
)
def test_a_request_of_the_protocol_passes(changes):
    asked = plan(**changes)
    asked.check(request(asked), ITEM, 2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"temperature": 0.3}, "temperature is 0.3, not 0.2"),
        ({"temperature": None}, "temperature is null, not 0.2"),
        ({"max_tokens": 25}, "max_tokens is 25"),
        ({"max_tokens": 24.0}, "max_tokens is 24.0, not 24"),
        ({"stop": []}, "stop is []"),
        ({"seed": 1}, "seed is 1"),
        ({"chat_template_kwargs": {"enable_thinking": False}}, "chat_template_kwargs is"),
        ({"top_k": None}, "top_k is null, of which nothing is said"),
        ({"n": 2}, "n is 2"),
        ({"model": "another"}, "another"),
        ({"messages": []}, "no messages"),
        ({"messages": [{"role": "assistant", "content": "?"}]}, "messages of assistant"),
        ({"messages": [*ASKED, *ASKED]}, "messages of user, user"),
        ({"messages": [{"role": "user", "content": None}]}, "a role and a text"),
        ({"messages": [{"role": "user", "content": "?", "name": "x"}]}, "a role and a text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_request_that_says_anything_else_is_refused(change, said):
    asked = plan()
    assert said in refused(asked, request(asked) | change)


def test_a_setting_that_is_missing_is_found():
    asked = plan()
    body = request(asked)
    for field in body.keys() - {"messages"}:
        assert field in refused(asked, {name: value for name, value in body.items() if name != field})


def test_a_field_under_the_name_that_the_service_does_not_take_is_found():
    asked = plan(fields={"max_tokens": "max_completion_tokens"})
    body = request(asked)
    assert "max_tokens is 24" in refused(asked, body | {"max_tokens": body.pop("max_completion_tokens")})


def test_two_settings_under_one_name_are_found():
    for changes in ({"fields": {"top_p": "temperature"}}, {"thinking": {"temperature": 1.0}}):
        asked = plan(**changes)
        assert "temperature is" in refused(asked, request(asked))


def test_the_request_of_another_repeat_is_found():
    assert "seed is" in refused(plan(), request(plan(), repeat=3))


def test_the_system_prompt_must_be_there_and_whole():
    asked = plan(system="Be brief.")
    said = [{"role": "system", "content": "Be brief.\n\nA task's own words."}, *ASKED]
    asked.check(request(asked, said), ITEM, 2)
    assert "system prompt" in refused(asked, request(asked))
    assert "system prompt" in refused(asked, request(asked, [{"role": "system", "content": "Be"}, *ASKED]))


def test_what_a_service_does_not_take_is_said_but_for_the_seed():
    assert plan(fields={"top_p": None, "top_k": None, "seed": None, "max_tokens": "cap"}).left_out == ["top_p"]
