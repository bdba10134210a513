import asyncio
import copy
import time

import psutil
import pytest

from harness.errors import HarnessError
from harness.evaluation.client import Client
from harness.machine.ports import free_port
from harness.serving.endpoints import Endpoints
from harness.serving.engine import Engine, EngineError
from harness.serving.watchdog import watch

LONG = {
    "model": "smollm2_135m",
    "messages": [{"role": "user", "content": "Count."}],
    "max_tokens": 2000,
    "ignore_eos": True,
    "temperature": 0.2,
}


async def watched(engine: Engine, seconds: float, freeze: str | None) -> float | None:
    """Send a long request, stop the processes whose title holds `freeze`; return the seconds until the alarm."""
    endpoints = Endpoints([engine.url], 1)
    async with Client(endpoints) as client:
        request = asyncio.create_task(client.send("chat/completions", LONG))
        await asyncio.sleep(2)
        family = psutil.Process(engine.process.pid).children(recursive=True)
        frozen = [p for p in family if freeze is not None and freeze in " ".join(p.cmdline())]
        assert frozen or freeze is None
        for process in frozen:
            process.suspend()
        begun = time.monotonic()
        try:
            await asyncio.wait_for(watch(engine, endpoints, endpoints.all[0]), seconds)
        except TimeoutError:
            return None
        except HarnessError as error:
            assert "hangs" in error.found
            return time.monotonic() - begun
        finally:
            for process in frozen:
                process.resume()
            request.cancel()


@pytest.mark.parametrize("part", ["", "EngineCore", "Worker"], ids=["all of it", "its core", "its worker"])
def test_a_hanging_engine_is_noticed_within_ten_seconds(engine, part):
    found = asyncio.run(watched(engine, 30, freeze=part))
    assert found is not None
    assert found <= 10


def test_a_slow_engine_is_left_alone(engine):
    assert asyncio.run(watched(engine, engine.serving.idle_seconds + 6, freeze=None)) is None


def test_an_engine_without_work_is_left_alone(engine):
    async def idle() -> None:
        endpoints = Endpoints([engine.url], 1)
        await asyncio.wait_for(watch(engine, endpoints, endpoints.all[0]), engine.serving.idle_seconds + 3)

    with pytest.raises(TimeoutError):
        asyncio.run(idle())


def test_an_engine_that_lives_behind_a_closed_port_is_noticed(engine):
    deaf = copy.copy(engine)
    deaf.port = free_port()
    endpoints = Endpoints([deaf.url], 1)
    with pytest.raises(EngineError, match="its port is closed") as caught:
        asyncio.run(asyncio.wait_for(watch(deaf, endpoints, endpoints.all[0]), 10))
    assert caught.value.failure.restart
