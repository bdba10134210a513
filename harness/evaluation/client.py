"""One asynchronous client for OpenAI-compatible servers; no deadline on a request, never a silent retry."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import aiohttp

from harness.errors import HarnessError
from harness.evaluation.wire import Completion, TokenCount, TokenLogprob
from harness.records import Answer

ATTEMPTS = 3
_PAUSE_SECONDS = 1.0
_REFUSED = {400, 413, 422}
"""Says something about this request (a prompt that is too long, say): a final answer, and an error."""
_MISPLACED = {401, 403, 404, 405}
"""Says something about the server or about us: no answer at all."""
_HEALTH_TIMEOUT = aiohttp.ClientTimeout(total=10)


class Client:
    """Sends request bodies and returns answers; `in_flight` is watched by the watchdog."""

    def __init__(self, url: str, concurrency: int) -> None:
        """Keep the base address and the number of requests that may be under way at once."""
        self.url = url
        self.in_flight = 0
        self._slots = asyncio.Semaphore(concurrency)
        # A long answer may take hours: only making the connection has a time limit.
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=30)
        self._session = aiohttp.ClientSession(
            timeout=timeout, connector=aiohttp.TCPConnector(limit=0), read_bufsize=1 << 20
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def send(self, endpoint: str, body: dict[str, Any]) -> Answer:
        """Return the answer to one request.

        A refused request (400, 413, 422) is an answer with `error`. A server that fails (5xx, a broken
        connection, an answer that is no completion) is asked again up to ATTEMPTS times, then that is the
        answer's error.
        Raises HarnessError when the server itself is down or does not know us: that is no answer, and nothing
        may be logged.
        """
        async with self._slot():
            return await self._send(endpoint, body)

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        async with self._slots:
            self.in_flight += 1
            try:
                yield
            finally:
                self.in_flight -= 1

    async def count_tokens(self, model: str, text: str) -> int:
        """Return how many tokens the server's tokenizer makes of `text`; raises HarnessError if it cannot."""
        body = {"model": model, "prompt": text}
        try:
            async with self._slot(), self._session.post(f"{self.url}/tokenize", json=body) as response:
                return TokenCount.model_validate_json(await response.read()).count
        except (aiohttp.ClientError, OSError, ValueError) as error:
            await self._check_up(str(error))
            raise HarnessError(
                expected="a server with vLLM's /tokenize, which log-likelihood tasks need",
                found=f"{type(error).__name__}: {error}"[:500],
                where=self.url,
            ) from error

    async def _send(self, endpoint: str, body: dict[str, Any]) -> Answer:
        begun, started = time.monotonic(), datetime.now(UTC).isoformat(timespec="milliseconds")
        error = ""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self._session.post(f"{self.url}/v1/{endpoint}", json=body) as response:
                    raw = await response.read()
                    status = response.status
                if status == 200:
                    answer = read_answer(raw)
                    when = {"attempt": attempt, "started": started, "seconds": time.monotonic() - begun}
                    return answer.model_copy(update=when)
                error = f"HTTP {status}: {raw[:500].decode(errors='replace')}"
                if status in _REFUSED:
                    break  # refused for good, the server is well
                if status in _MISPLACED:
                    raise HarnessError(
                        expected="a server that takes our requests",
                        found=error,
                        where=f"{self.url}/v1/{endpoint}",
                        fix="check the address, the key and the model's name; nothing was logged",
                    )
            except (aiohttp.ClientError, OSError, ValueError) as problem:
                error = f"{type(problem).__name__}: {problem}"[:500]
            await asyncio.sleep(_PAUSE_SECONDS * attempt)
        else:
            await self._check_up(error)
        seconds = time.monotonic() - begun
        return Answer(error=error, attempt=attempt, started=started, seconds=seconds)

    async def _check_up(self, error: str) -> None:
        """Tell a request that fails from a server that is down."""
        try:
            async with self._session.get(f"{self.url}/health", timeout=_HEALTH_TIMEOUT) as response:
                found = f"/health says {response.status}"
                if response.status in {200, 404}:
                    return
        except (aiohttp.ClientError, OSError) as problem:
            found = f"{type(problem).__name__}: {problem}"
        raise HarnessError(
            expected="a server that is up",
            found=f"{found}; its last answer: {error}",
            where=self.url,
            fix="start the server again; the same command continues",
        )


def read_answer(raw: bytes) -> Answer:
    """Return the first choice of a chat or text completion.

    A null content (a reasoning trace that was cut off, say) is an empty text, never the trace.
    Raises ValueError when `raw` is no completion, or one that the server broke off (a server that is shut
    down answers what it has, as if it were done).
    """
    completion = Completion.model_validate_json(raw)
    choice = completion.choices[0]
    if choice.finish_reason in {"abort", "error"}:
        raise ValueError(f"the server broke the answer off: {choice.finish_reason}")
    message = choice.message
    text = choice.text if message is None else message.content
    return Answer(
        text=text or "",
        reasoning=None if message is None else message.reasoning or message.reasoning_content,
        finish_reason=choice.finish_reason,
        prompt_tokens=completion.usage.prompt_tokens if completion.usage else None,
        completion_tokens=completion.usage.completion_tokens if completion.usage else None,
        prompt_logprobs=None if choice.prompt_logprobs is None else [_first(t) for t in choice.prompt_logprobs],
    )


def _first(token: dict[str, TokenLogprob] | None) -> tuple[float, int]:
    """Return (log-probability, rank) of the token that stands in the prompt, which vLLM lists first."""
    if not token:
        return 0.0, 1
    found = next(iter(token.values()))
    return found.logprob, found.rank or 0
