"""A hosted model as a user runs it: the real engine stands behind a door that asks for a key."""

import asyncio
import json
import threading
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from harness.config.settings import load_benchmarks, load_settings, project
from harness.errors import HarnessError, UsageError
from harness.evaluation.tasks import load_task
from harness.store import Store, read_samples
from harness.workflow.asking import request_plan
from harness.workflow.display import Display
from harness.workflow.measure import measure
from harness.workflow.servers import manifest_notes

KEY = "sk-of-the-test"
OVERRIDES = [
    "model=gpt_5",
    "serving=hosted",
    "serving.spend=1",
    "suite.tasks=[{benchmark:ifbench_294,items:2,repeats:2}]",
    "protocol.max_tokens=8",
    "protocol.sampling={temperature: 1.0}",
    "model.hosted.model=smollm2_135m",
    "model.hosted.fields.seed=null",
]


@pytest.fixture
def door(engine):
    """The address of a service that hands requests with the right key on to the engine."""
    addresses: list[str] = []
    ready, end = threading.Event(), None

    async def hand_on(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"error": {"message": "no such key"}}, status=401)
        async with aiohttp.ClientSession() as session:
            path = f"{engine.url}/v1/{request.match_info['path']}"
            async with session.post(path, json=await request.json()) as answer:
                return web.Response(
                    body=await answer.read(), status=answer.status, content_type="application/json"
                )

    async def serve() -> None:
        nonlocal end
        end = asyncio.Event()
        application = web.Application()
        application.router.add_post("/versioned/v1/{path:.*}", hand_on)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        addresses.append(f"http://127.0.0.1:{runner.addresses[0][1]}/versioned/v1")
        loops.append(asyncio.get_running_loop())
        ready.set()
        await end.wait()
        await runner.cleanup()

    loops: list[asyncio.AbstractEventLoop] = []
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    yield addresses[0]
    assert end is not None
    loops[0].call_soon_threadsafe(end.set)
    thread.join()


def go(door, results, *more):
    settings = load_settings([*OVERRIDES, f"model.hosted.url={door}", f"results={results}", *more])
    return measure(settings, Display(quiet=True)).report


def test_a_hosted_model_is_asked_with_its_key_and_says_what_was_not_sent(door, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert go(door, tmp_path).answered == 4
    (folder,) = Store(tmp_path).runs()
    identity = folder.read_manifest().identity
    assert (identity.engine, identity.engine_version, identity.precision) == ("hosted", "unknown", "unknown")
    assert identity.engine_args == {"field max_tokens": "max_completion_tokens", "field seed": "not sent"}
    assert identity.weights == {"hosted": door, "model": "smollm2_135m"}
    assert folder.read_manifest().unpinned
    assert all(sample.status in {"scored", "truncated"} for sample in read_samples(folder.samples))
    bodies = [json.loads(line)["body"] for line in folder.requests.read_text().splitlines()]
    assert all(set(body) == {"model", "messages", "max_completion_tokens", "temperature"} for body in bodies)
    account = Store(tmp_path).spending("gpt_5").read_text()
    assert len(account.splitlines()) == 8
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY in path.read_text(errors="replace")]
    monkeypatch.delenv("OPENAI_API_KEY")
    assert go(door, tmp_path).answered == 0


def test_a_wrong_key_ends_the_run_before_anything_is_logged(door, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong")
    with pytest.raises(HarnessError, match="takes our requests") as caught:
        go(door, tmp_path)
    assert "sk-wrong" not in caught.value.text()
    (folder,) = Store(tmp_path).runs()
    assert read_samples(folder.samples) == []


def test_a_hosted_model_is_not_asked_without_a_cap(door, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(UsageError, match=r"serving\.spend=5"):
        go(door, tmp_path, "serving.spend=null")


def test_a_task_that_weighs_given_answers_is_refused_for_a_hosted_model():
    settings = load_settings(OVERRIDES)
    loaded = load_task("ifbench_294", load_benchmarks(project().configs)["ifbench_294"], settings.protocol)
    with pytest.raises(UsageError, match="log-likelihood"):
        request_plan(settings, replace(loaded, output_type="multiple_choice"))


def test_a_setting_that_the_service_does_not_take_is_a_deviation():
    (found,) = manifest_notes(load_settings(OVERRIDES), ["temperature"])["deviations"]
    assert (found.field, found.value) == ("temperature", "not sent")
