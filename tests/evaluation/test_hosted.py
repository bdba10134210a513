"""A hosted service: its pace, its refusals, its prices. The faults come from a small real HTTP server."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from harness.config.settings import load_models, load_settings, project
from harness.errors import HarnessError, UsageError
from harness.evaluation import backoff, client
from harness.evaluation.client import Client
from harness.records.model import Hosted, Prices
from harness.serving.hosted import HostedServers
from harness.store.spending import Spending

KEY = "sk-of-the-test"
MODEL = load_models(project().configs)["gpt_5"]
SERVING = load_settings(["serving=hosted"]).serving
PRICES = Prices(input=1_000_000, output=1_000_000, source="a dollar for each token")
BODY = {"model": "m", "messages": [{"role": "user", "content": "안녕"}], "max_tokens": 10}
BYTES = len(json.dumps(BODY, ensure_ascii=False).encode())


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(client, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(backoff, "_FIRST_SECONDS", 0.01)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def good(tokens_in=3, tokens_out=1):
    usage = {"prompt_tokens": tokens_in, "completion_tokens": tokens_out}
    return web.json_response({"choices": [{"message": {"content": "hello"}}], "usage": usage})


def refusal(status, headers=None, **error):
    return web.json_response({"error": error}, status=status, headers=headers)


def hosted_at(url, **changes):
    terms = {"url": url, "model": "m", "key": "OPENAI_API_KEY", "prices": PRICES} | changes
    return MODEL.model_copy(update={"hosted": Hosted.model_validate(terms)})


def ask(tmp_path, *replies, count=1, spend=1e6, concurrency=4, seconds=None, **changes):
    """Ask a service `count` times; it gives `replies` in turn, then the last of them again and again.

    Returns what came of each request, and what the service saw: key and body.
    """
    left, seen = list(replies), []

    async def handler(request):
        seen.append((request.headers.get("Authorization"), await request.json()))
        reply = left.pop(0) if len(left) > 1 else left[0]
        if reply is None:
            request.transport.close()
            return web.Response()
        return reply()

    async def main():
        application = web.Application()
        application.router.add_post("/v7/chat/completions", handler)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        model = hosted_at(f"http://127.0.0.1:{runner.addresses[0][1]}/v7", **changes)
        serving = SERVING.model_copy(update={"spend": spend, "concurrency": concurrency})
        try:
            with Spending(tmp_path / "m.jsonl") as spending:
                async with Client.of(HostedServers(model, serving, spending)) as asked:
                    sent = (asked.send("chat/completions", BODY) for _ in range(count))
                    posts = [asyncio.wait_for(one, seconds) for one in sent]
                    return await asyncio.gather(*posts, return_exceptions=True)
        finally:
            await runner.cleanup()

    return asyncio.run(main()), seen


def spent(tmp_path):
    with Spending(tmp_path / "m.jsonl") as spending:
        return spending.dollars


def test_a_request_goes_to_the_address_as_it_stands_with_the_key(tmp_path):
    (answer,), ((key, body),) = ask(tmp_path, good)
    assert (answer.text, key, body) == ("hello", f"Bearer {KEY}", BODY)


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_request_that_came_too_fast_is_asked_again_when_the_service_says_so(tmp_path, form):
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    headers = {"Retry-After": "1" if form == "seconds" else later}
    (answer,), seen = ask(tmp_path, lambda: refusal(429, headers, message="slow down", code="rate_limit"), good)
    assert (answer.text, answer.attempt, len(seen)) == ("hello", 1, 2)


def test_what_a_header_asks_for_is_read_in_both_forms():
    soon = datetime.now(UTC) + timedelta(seconds=100)
    assert backoff.seconds_of("7") == 7
    assert 90 < backoff.seconds_of(format_datetime(soon, usegmt=True)) <= 100
    assert backoff.seconds_of("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert backoff.seconds_of("soon") is None
    assert backoff.seconds_of(None) is None


def test_many_refusals_in_a_row_count_no_attempt(tmp_path):
    busy = [lambda: refusal(429, message="slow down")] * 6
    (answer,), seen = ask(tmp_path, *busy, good)
    assert (answer.text, answer.attempt, len(seen)) == ("hello", 1, 7)


def test_a_wait_that_is_too_long_ends_the_run(tmp_path):
    (error,), _ = ask(tmp_path, lambda: refusal(429, {"Retry-After": "86400"}, message="tomorrow"))
    assert isinstance(error, HarnessError)
    assert "86400 s" in error.found


@pytest.mark.parametrize(
    "reply",
    [
        lambda: refusal(429, message="You exceeded your current quota", code="insufficient_quota"),
        lambda: refusal(402, message="Payment required"),
        lambda: refusal(429, message="Quota exceeded: GenerateRequestsPerDayPerProjectPerModel"),
    ],
    ids=["its code", "402", "per day"],
)
def test_a_quota_that_is_used_up_is_told_from_a_request_that_came_too_fast(tmp_path, reply):
    (error,), seen = ask(tmp_path, reply)
    assert isinstance(error, HarnessError)
    assert "quota" in error.expected
    assert len(seen) == 1
    assert spent(tmp_path) == 0


def test_a_burst_of_server_errors_is_asked_again_and_a_lasting_one_is_an_error(tmp_path):
    (answer,), _ = ask(tmp_path, lambda: web.Response(status=500), lambda: web.Response(status=502), good)
    assert (answer.text, answer.attempt) == ("hello", 3)
    (answer,), _ = ask(tmp_path, lambda: web.Response(status=500, text="oops"))
    assert "oops" in answer.error


def test_broken_connections_count_no_attempt_while_nobody_gets_through(tmp_path):
    (answer,), seen = ask(tmp_path, None, None, None, None, good)
    assert (answer.text, answer.attempt, len(seen)) == ("hello", 1, 5)


def test_a_service_that_nobody_reaches_is_down_and_nothing_is_logged(tmp_path, monkeypatch):
    monkeypatch.setattr(backoff, "DOWN_SECONDS", 0.1)
    (error,), _ = ask(tmp_path, None)
    assert isinstance(error, HarnessError)
    assert "can be reached" in error.expected


def test_the_key_is_in_no_error_and_no_account(tmp_path):
    (error,), _ = ask(tmp_path, lambda: refusal(401, message=f"Incorrect API key provided: {KEY}"))
    assert isinstance(error, HarnessError)
    assert "***" in error.text()
    assert KEY not in error.text()
    assert KEY not in (tmp_path / "m.jsonl").read_text()


def test_a_field_that_the_service_does_not_take_is_an_error_that_names_it(tmp_path):
    reply = refusal(400, message="Unsupported parameter", param="max_tokens", code="unsupported_parameter")
    (error,), _ = ask(tmp_path, lambda: reply)
    assert isinstance(error, HarnessError)
    assert "max_tokens" in error.fix


def test_a_request_costs_what_the_service_counts(tmp_path):
    ask(tmp_path, lambda: good(3, 1))
    assert spent(tmp_path) == 4
    ask(tmp_path, lambda: good(5, 2))
    assert spent(tmp_path) == 11


def test_the_cap_is_never_passed_however_many_ask_at_once(tmp_path):
    worst = BYTES + 10
    answers, seen = ask(tmp_path, lambda: good(BYTES, 10), count=20, concurrency=20, spend=3.5 * worst)
    assert len(seen) == 3
    assert sum(isinstance(answer, HarnessError) for answer in answers) == 17
    assert "serving.spend" in next(a for a in answers if isinstance(a, HarnessError)).fix
    assert spent(tmp_path) == 3 * worst
    again, seen = ask(tmp_path, good, spend=3.5 * worst)
    assert isinstance(again[0], HarnessError)
    assert seen == []


def test_what_may_have_been_billed_counts_in_full(tmp_path):
    ask(tmp_path, None, lambda: good(3, 1))
    assert spent(tmp_path) == BYTES + 10 + 4


def test_a_command_that_was_killed_leaves_its_reservations_in_the_account(tmp_path):
    with Spending(tmp_path / "m.jsonl") as spending:
        spending.reserve(2.5)
        number = spending.reserve(1.0)
        spending.settle(number, 0.25)
    with (tmp_path / "m.jsonl").open("a") as file:
        file.write('{"request": 2, "doll')
    assert spent(tmp_path) == 2.75
    with Spending(tmp_path / "m.jsonl") as spending, pytest.raises(HarnessError, match="its lock is held"):
        Spending(tmp_path / "m.jsonl")


@pytest.mark.parametrize(
    "pace", [{"requests_per_minute": 2}, {"tokens_per_minute": 2 * (BYTES + 10)}], ids=["requests", "tokens"]
)
def test_requests_keep_to_the_pace_that_the_account_allows(tmp_path, pace):
    answers, seen = ask(tmp_path, good, count=4, seconds=0.5, **pace)  # the third may come after half a minute
    assert len(seen) == 2
    assert sum(isinstance(answer, TimeoutError) for answer in answers) == 2
    assert spent(tmp_path) == 2 * 4


def test_a_pace_per_minute_that_is_called_a_quota_is_waited_for(tmp_path):
    message = "You exceeded your current quota. quotaId: GenerateRequestsPerMinutePerProjectPerModel"
    (answer,), _ = ask(tmp_path, lambda: refusal(429, message=message), good)
    assert answer.text == "hello"


@pytest.mark.parametrize(
    ("model", "serving", "said"),
    [
        ({"prices": None}, {"spend": 5.0}, "prices"),
        ({}, {"spend": None}, "serving.spend=5"),
        ({"key": "NO_SUCH_KEY_HERE"}, {"spend": 5.0}, "export NO_SUCH_KEY_HERE"),
    ],
    ids=["no prices", "no cap", "no key"],
)
def test_what_is_missing_to_ask_a_hosted_model_is_said(tmp_path, model, serving, said):
    with Spending(tmp_path / "m.jsonl") as spending, pytest.raises(UsageError) as caught:
        HostedServers(hosted_at("http://x/v1", **model), SERVING.model_copy(update=serving), spending)
    assert said in caught.value.text()
