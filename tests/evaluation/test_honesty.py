"""The probe on real servers: one that is what it says, and the same ones behind somebody who meddles."""

import asyncio

import pytest

from harness.config.settings import load_models, project
from harness.evaluation.client import Client
from harness.evaluation.honesty import Subject, probe, prompt, sampling, thinking
from harness.evaluation.requests import RequestPlan
from harness.records import Decoding
from harness.serving import Checkpoint, Engine
from harness.serving.endpoints import Endpoints
from harness.serving.replica import as_replica, cached_replica
from tests.meddler import meddler, shorter

MODELS = load_models(project().configs)


@pytest.fixture(scope="module")
def exaone(settings, tmp_path_factory):
    """K-EXAONE's twin, served as the model itself is."""
    folder = cached_replica(MODELS["k_exaone_236b"])
    twin = as_replica(MODELS["k_exaone_236b"], folder)
    with Engine(twin, settings.serving, folder, tmp_path_factory.mktemp("exaone") / "log") as server:
        server.wait_healthy()
        yield server


@pytest.fixture(scope="module")
def tokenizer():
    return Checkpoint(cached_replica(MODELS["k_exaone_236b"]), None).tokenizer(trust_remote_code=False)


def planned(model, **changes):
    fields = {
        "model": model.id,
        "endpoint": "chat",
        "decoding": model.sampling or Decoding(temperature=0.7),
        "thinking": model.thinking.switch("default") if model.thinking else {},
        "max_tokens": 64,
        "stop": [],
        "base_seed": 0,
    }
    return RequestPlan(**(fields | changes))


def look(url, model, check, tokenizer=None, **changes):
    """Take one look, or all of them, at the server at `url`."""

    async def taken():
        plan = planned(model, **changes)
        async with Client(Endpoints([url], 4)) as client:
            return await check(Subject(client, model, plan, plan.stop, tokenizer, 4))

    return asyncio.run(taken())


class TestAnHonestServer:
    def test_the_whole_probe_passes_on_k_exaones_twin(self, exaone, tokenizer):
        report = look(exaone.url, exaone.model, lambda subject: probe(subject, "0"), tokenizer)
        assert report.failed == []
        passed = {check.name for check in report.checks if check.outcome == "passed"}
        assert {"chat template", "first token", "thinking switch", "reasoning parser", "seed"} <= passed

    def test_the_whole_probe_passes_on_a_model_that_does_not_think(self, engine, checkpoint):
        own = checkpoint.tokenizer(trust_remote_code=False)
        report = look(engine.url, engine.model, lambda subject: probe(subject, "0"), own)
        assert report.failed == []

    def test_the_probe_knows_plain_completions_too(self, engine, checkpoint):
        own = checkpoint.tokenizer(trust_remote_code=False)
        report = look(engine.url, engine.model, lambda subject: probe(subject, "0"), own, endpoint="completions")
        assert report.failed == []


class TestTraces:
    def test_a_switch_that_no_request_says_lets_the_trace_reach_the_answer(self, exaone):
        """As the maker's README starts it, and without a word on thinking: the parser takes it to be off."""
        found = look(exaone.url, exaone.model, thinking.reasoning_parser, thinking={})
        assert found.outcome == "failed"
        assert "<think>let me see</think>42" in found.found
        assert "protocol.thinking=on" in found.fix

    def test_with_thinking_off_an_answer_stays_an_answer(self, exaone):
        assert exaone.model.thinking is not None
        switch = exaone.model.thinking.switch("off")
        assert look(exaone.url, exaone.model, thinking.reasoning_parser, thinking=switch).outcome == "passed"

    def test_a_stop_string_that_ends_a_trace_is_found(self, exaone):
        found = look(exaone.url, exaone.model, thinking.stop_strings, stop=["\n\n"])
        assert (found.outcome, found.fix) == ("failed", "protocol.stop=[]")

    def test_two_positions_of_a_switch_that_are_one_are_found(self, exaone):
        assert exaone.model.thinking is not None
        both = exaone.model.thinking.model_copy(update={"off": {"enable_thinkin": False}})
        twin = exaone.model.model_copy(update={"thinking": both})
        assert look(exaone.url, twin, thinking.thinking_switch).outcome == "failed"


def behind(server, model, check, meddle, tokenizer=None):
    with meddler(server, meddle) as url:
        return look(url, model, check, tokenizer)


def always_done(path, body, answer, under_way):
    for choice in answer.get("choices", []):
        choice["finish_reason"] = "stop"


def one_seed(path, body, answer, under_way):
    if "seed" in body:
        body["seed"] = 7


def house_words(path, body, answer, under_way):
    if "messages" in body:
        body["messages"] = [{"role": "system", "content": "You are brief."}, *body["messages"]]


def house_words_in_chat(path, body, answer, under_way):
    if path.endswith("/chat/completions"):
        house_words(path, body, answer, under_way)


def begins_twice(path, body, answer, under_way):
    if path == "/tokenize" and "messages" in body and "tokens" in answer:
        answer["tokens"] = [256, 256, *answer["tokens"]]


def company_counts(path, body, answer, under_way):
    for choice in answer.get("choices", []) if under_way > 1 else []:
        for token in choice.get("prompt_logprobs") or []:
            for entry in (token or {}).values():
                entry["logprob"] -= 2.0


def thinks_aloud(path, body, answer, under_way):
    for choice in answer.get("choices", []):
        message = choice.get("message") or {}
        if message.get("reasoning"):
            message["content"] = f"<think>{message['reasoning']}</think>{message['content'] or ''}"


def another_name(path, body, answer, under_way):
    for entry in answer.get("data", []):
        entry["id"] = "another"


def no_room(path, body, answer, under_way):
    if "max_model_len" in answer:
        answer["max_model_len"] = 512


def free_speech(path, body, answer, under_way):
    body.pop("structured_outputs", None)


@pytest.mark.parametrize(
    ("meddle", "check", "words"),
    [
        (shorter, sampling.limits, "5 tokens"),
        (always_done, sampling.limits, "finish_reason stop"),
        (one_seed, sampling.seeds, "one and the same"),
        (house_words, prompt.chat_template, "differs"),
        (house_words_in_chat, prompt.first_token, "tokens were read"),
        (begins_twice, prompt.first_token, "twice"),
        (company_counts, sampling.company, "2."),
        (thinks_aloud, thinking.reasoning_parser, "let me see"),
        (another_name, prompt.served_model, "another"),
        (no_room, prompt.served_model, "512"),
        (free_speech, thinking.reasoning_parser, "cannot be made to say"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_server_that_meddles_is_found_out(exaone, tokenizer, meddle, check, words):
    found = behind(exaone.url, exaone.model, check, meddle, tokenizer)
    assert found.outcome == "failed"
    assert words in found.found
    assert found.fix


def test_a_look_that_cannot_be_taken_counts_as_failed(exaone, tokenizer):
    def refuses(path, body, answer, under_way):
        body.pop("prompt", None)

    report = behind(exaone.url, exaone.model, lambda subject: probe(subject, "0"), refuses, tokenizer)
    assert "served model" in {check.name for check in report.failed}
