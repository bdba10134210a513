"""Servers that answer garbage: through client, scoring and log nothing is lost, and nothing is scored wrong."""

import asyncio
import json
import threading
from contextlib import contextmanager

import pytest
from aiohttp import web

from harness.evaluation import client
from harness.evaluation.requests import RequestPlan
from harness.evaluation.run import TaskPlan, evaluate
from harness.evaluation.tasks import load_task
from harness.records import Decoding, Protocol
from harness.serving.attached import Attached
from harness.store import RunFolder, SampleLog, read_samples
from tests.evaluation.test_tasks import gsm8k

ITEMS, REPEATS = 8, 2


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(client, "_PAUSE_SECONDS", 0.001)


def right(body):
    """The right answer to a sum."""
    number = int(body["messages"][-1]["content"].split()[3])
    return f"Twice {number}.\n#### {2 * number}"


def completion(request, text, **changes):
    choice = {"message": {"content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 9, "completion_tokens": 5}
    return {"id": f"chatcmpl-{request.headers['X-Request-Id']}", "choices": [choice], "usage": usage} | changes


@contextmanager
def serving(reply):
    """A server whose answers `reply` gives; how often each body came is counted."""
    seen: dict[str, int] = {}
    ready, loop = threading.Event(), asyncio.new_event_loop()
    address: list[str] = []

    async def handler(request):
        raw = await request.read()
        seen[raw.decode()] = seen.get(raw.decode(), 0) + 1
        return await reply(request, json.loads(raw), seen[raw.decode()])

    async def serve():
        application = web.Application()
        application.router.add_post("/v1/chat/completions", handler)
        application.router.add_get("/health", lambda _: asyncio.sleep(0, web.Response()))
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address.append(f"http://127.0.0.1:{runner.addresses[0][1]}")
        ready.set()
        return runner

    def run():
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(serve())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait()
    try:
        yield address[0], seen
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def measured(tmp_path, reply):
    """Ask everything of a server, and return its samples by (item, repeat)."""
    loaded = load_task("gsm8k", gsm8k(tmp_path), Protocol(id="test", max_tokens=64, num_fewshot=0))
    request = RequestPlan(
        model="m", endpoint="chat", decoding=Decoding(temperature=0.5), max_tokens=64, stop=[], base_seed=1
    )
    plan = TaskPlan(loaded, range(ITEMS), REPEATS, request)
    plan.build()
    folder = RunFolder(tmp_path / "run")
    with serving(reply) as (url, seen), SampleLog(folder) as log:
        evaluate([(plan, log)], Attached([url], 5))
    samples = {sample.key: sample for sample in read_samples(folder.samples)}
    assert samples.keys() == set(plan.keys)
    assert len(seen) == ITEMS * REPEATS
    return samples


async def not_json(request, body):
    return web.Response(text='{"choices": [{"mess', content_type="application/json")


async def ten_megabytes(request, body):
    return web.Response(text="x" * 10_000_000)


async def a_page(request, body):
    return web.Response(text="<html>404</html>", content_type="text/html")


async def no_choices(request, body):
    return web.json_response(completion(request, "", choices=[]))


async def no_message(request, body):
    return web.json_response(completion(request, "", choices=[{"finish_reason": "stop"}]))


async def a_number_for_a_text(request, body):
    return web.json_response(completion(request, 7))


async def half_a_character(request, body):
    return web.Response(text=json.dumps(completion(request, "?")).replace("?", "\\ud83d"))


async def an_error(request, body):
    return web.json_response({"error": {"message": "out of memory"}})


async def server_error(request, body):
    return web.Response(status=500, text="#### 7")


async def reset(request, body):
    request.transport.abort()
    return web.Response()


async def cut_short(request, body):
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(json.dumps(completion(request, right(body))).encode())
    request.transport.close()
    return response


async def a_stream(request, body):
    return web.Response(text='data: {"choices": []}\n\ndata: [DONE]\n\n', content_type="text/event-stream")


async def of_another(request, body):
    answer = completion(request, right(body)) | {"id": f"chatcmpl-{client._OURS}{'0' * 32}"}
    return web.json_response(answer)


GARBAGE = [
    not_json,
    ten_megabytes,
    a_page,
    no_choices,
    no_message,
    a_number_for_a_text,
    half_a_character,
    an_error,
    server_error,
    reset,
    cut_short,
    a_stream,
    of_another,
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda garbage: garbage.__name__)
def test_garbage_is_asked_again_and_what_stays_garbage_is_an_error(tmp_path, garbage):
    """Sums of even numbers get garbage once, the rest for ever."""

    async def reply(request, body, times):
        even = int(body["messages"][-1]["content"].split()[3]) % 2 == 0
        if even and times > 1:
            return web.json_response(completion(request, right(body)))
        return await garbage(request, body)

    for (item, _), sample in measured(tmp_path, reply).items():
        if int(item[-5:]) % 2 == 0:
            assert (sample.status, sample.attempt, sample.scores["exact_match,strict-match"]) == ("scored", 2, 1)
        else:
            assert (sample.status, sample.attempt, sample.scores, sample.text) == (
                "error",
                client.ATTEMPTS,
                {},
                "",
            )
            assert sample.error


def test_answers_without_an_id_or_with_one_and_the_same_are_kept_apart_by_their_connection(tmp_path):
    async def reply(request, body, times):
        same = {} if body["seed"] % 2 else {"id": "chatcmpl-1"}
        return web.json_response(completion(request, right(body)) | {"id": None} | same)

    samples = measured(tmp_path, reply)
    assert all(sample.scores["exact_match,strict-match"] == 1 for sample in samples.values())


def test_null_where_a_text_should_be_is_an_empty_answer_that_scores_nothing(tmp_path):
    async def reply(request, body, times):
        return web.json_response(completion(request, None))

    samples = measured(tmp_path, reply).values()
    assert {(sample.status, sample.text, len(sample.scores)) for sample in samples} == {("empty", "", 0)}


def test_an_answer_of_ten_megabytes_is_one_line_of_the_log(tmp_path):
    long = "word " * 2_000_000

    async def reply(request, body, times):
        first = "0 + 0" in body["messages"][-1]["content"]
        return web.json_response(completion(request, (long if first else "") + right(body)))

    samples = measured(tmp_path, reply)
    assert {key for key, sample in samples.items() if len(sample.text) > 1e7} == {
        ("gsm8k/00000", 0),
        ("gsm8k/00000", 1),
    }
    assert all(sample.scores["exact_match,strict-match"] == 1 for sample in samples.values())
    with SampleLog(RunFolder(tmp_path / "run")) as log:
        assert log.known == samples.keys()
