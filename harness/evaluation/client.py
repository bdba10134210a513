"""One asynchronous client for OpenAI-compatible servers; no deadline on a request, never a silent retry."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import aiohttp

from harness.errors import HarnessError
from harness.evaluation.backoff import Backoff, Broken
from harness.evaluation.wire import Completion, TokenCount, TokenLogprob
from harness.records import Answer
from harness.serving.endpoints import Endpoint, Endpoints
from harness.serving.servers import Servers
from harness.serving.service import Service

T = TypeVar("T")

ATTEMPTS = 3
_PAUSE_SECONDS = 1.0
_REFUSED = {400, 413, 422}
"""Says something about this request (a prompt that is too long, say): a final answer, and an error."""
_MISPLACED = {401, 402, 403, 404, 405}
"""Says something about the server or about us: no answer at all."""
_HEALTH_TIMEOUT = aiohttp.ClientTimeout(total=10)
_OURS = "claims-"
"""Begins the id that we give a request; vLLM makes the answer's id of it."""


@dataclass(frozen=True)
class _Reply:
    """What came back for one request: an HTTP answer, or none."""

    status: int = 0
    raw: bytes = b""
    request: str = ""
    """The id that the request had."""
    retry_after: str | None = None
    problem: str = ""
    """What broke the connection; empty when an answer came."""


@dataclass(frozen=True)
class _Outcome(Generic[T]):
    """How asking ended: with a value, or with an error that is the request's own."""

    value: T | None
    error: str
    attempt: int
    replica: int


class Client:
    """Sends request bodies to the least loaded server that is up, and returns answers."""

    def __init__(self, endpoints: Endpoints, *, tended: bool = False, service: Service | None = None) -> None:
        """`tended` says that somebody keeps `endpoints` up to date: then a server that is down is waited for."""
        self.endpoints, self._tended, self._service = endpoints, tended, service
        self._backoff = Backoff(endpoints.where)
        self._broken = Broken(endpoints.where)
        # A long answer may take hours: only making the connection has a time limit.
        timeout = aiohttp.ClientTimeout(total=service.patience if service else None, sock_connect=30)
        self._session = aiohttp.ClientSession(
            timeout=timeout,
            connector=aiohttp.TCPConnector(limit=0),
            read_bufsize=1 << 20,
            headers=service.headers if service else endpoints.headers,
        )

    @classmethod
    def of(cls, servers: Servers) -> Self:
        """Return the client of servers that are tended meanwhile."""
        service = servers.service()
        return cls(servers.endpoints(), tended=service is None, service=service)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def send(self, endpoint: str, body: dict[str, Any]) -> Answer:
        """Return the answer to one request.

        A refused request (400, 413, 422) is an answer with `error`. A server that is well and yet fails (5xx, a
        broken connection, an answer that is no completion) is asked again up to ATTEMPTS times, then that is
        the answer's error. What a server owes when it dies is asked of another one, or of the same one once it
        is up again, and what a server is too busy for is asked later; neither counts as an attempt.
        Raises HarnessError when no server is up and nobody tends them, when a server does not know us, or when
        a hosted service's quota or our spending cap is used up: that is no answer, and nothing may be logged.
        """
        begun, started = time.monotonic(), datetime.now(UTC).isoformat(timespec="milliseconds")
        found = await self._ask(f"{self.endpoints.version}/{endpoint}", body, read_answer)
        when = {"attempt": found.attempt, "started": started, "seconds": time.monotonic() - begun}
        answer = found.value or Answer(error=found.error)
        return answer.model_copy(update={**when, "replica": found.replica})

    async def count_tokens(self, model: str, text: str) -> int:
        """Return how many tokens the server's tokenizer makes of `text`; raises HarnessError if it cannot."""
        found = await self._ask("/tokenize", {"model": model, "prompt": text}, lambda raw, _: _count(raw))
        if found.value is None:
            raise HarnessError(
                expected="a server with vLLM's /tokenize, which log-likelihood tasks need",
                found=found.error,
                where=self.endpoints.where,
            )
        return found.value

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the server's JSON answer to `body` at `path`, as it is; raises ValueError when it refuses."""
        found = await self._ask(path, body, lambda raw, _: dict(json.loads(raw)))
        if found.value is None:
            raise ValueError(f"{path}: {found.error}")
        return found.value

    async def _ask(self, path: str, body: dict[str, Any], read: Callable[[bytes, str], T]) -> _Outcome[T]:
        attempt = 1
        while True:
            async with self.endpoints.slot() as endpoint:
                await self._backoff.wait()
                life = endpoint.life
                reply = await self._post(endpoint, path, body)
            error = self._shown(reply)
            if reply.status == 200:
                try:
                    value = read(reply.raw, reply.request)
                    endpoint.answered += 1
                    self._backoff.served()
                    return _Outcome(value, "", attempt, endpoint.number)
                except ValueError as problem:
                    error = f"{type(problem).__name__}: {problem}"[:500]
            self._check_ours(reply, error, endpoint.url + path, body)
            if reply.status in _REFUSED:
                return _Outcome(None, error, attempt, endpoint.number)
            if reply.status == 429 or (reply.status == 503 and reply.retry_after is not None):
                self._backoff.hold(reply.retry_after, error)
                continue
            await asyncio.sleep(_PAUSE_SECONDS * attempt)
            if endpoint.life != life or not await self._well(endpoint, error):
                continue
            if attempt == ATTEMPTS:
                return _Outcome(None, error, attempt, endpoint.number)
            attempt += 1

    async def _post(self, endpoint: Endpoint, path: str, body: dict[str, Any]) -> _Reply:
        """Return what one server says; its guard may break the request off."""
        bill = await self._service.admit(body) if self._service else None
        post = asyncio.ensure_future(self._exchange(endpoint.url + path, body))
        endpoint.posts.add(post)
        reply = _Reply(problem="the server went down")
        try:
            reply = await post
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # we were cancelled, not the request alone
                raise
        finally:
            endpoint.posts.discard(post)
            if bill is not None:
                await bill.settle(reply.status, reply.raw)
        return reply

    async def _exchange(self, url: str, body: dict[str, Any]) -> _Reply:
        request = f"{_OURS}{uuid.uuid4().hex}"
        headers = {} if self._service else {"X-Request-Id": request}
        try:
            async with self._session.post(url, json=body, headers=headers) as response:
                raw = await response.read()
                self._broken.reached()
                return _Reply(response.status, raw, request, response.headers.get("Retry-After"))
        except (aiohttp.ClientError, OSError) as problem:
            self._broken.failed()
            return _Reply(problem=f"{type(problem).__name__}: {problem}"[:500])

    def _shown(self, reply: _Reply) -> str:
        """Return what went wrong, fit for a log: without our key, should the service repeat it."""
        text = reply.problem or f"HTTP {reply.status}: {reply.raw[:500].decode(errors='replace')}"
        return self._service.without_key(text) if self._service else text

    def _check_ours(self, reply: _Reply, error: str, where: str, body: dict[str, Any]) -> None:
        """Raise HarnessError for what will not change when it is asked again: it is about us."""
        if self._service is not None and reply.status in {400, 402, 403, 422, 429}:
            self._service.check(reply.status, reply.raw, error, body)
        if reply.status in _MISPLACED:
            raise HarnessError(
                expected="a server that takes our requests",
                found=error,
                where=where,
                fix="check the address, the key and the model's name; nothing was logged",
            )

    async def _well(self, endpoint: Endpoint, error: str) -> bool:
        """Tell a request that fails (True) from a server that is down; raises HarnessError if nobody tends it."""
        if self._service is not None:
            return self._broken.others_came_through(error)
        try:
            url = f"{endpoint.url}/health"
            async with self._session.get(url, timeout=_HEALTH_TIMEOUT) as response:
                found = f"/health says {response.status}"
                if response.status in {200, 404}:
                    return True
        except (aiohttp.ClientError, OSError) as problem:
            found = f"{type(problem).__name__}: {problem}"
        if self._tended:
            self.endpoints.suspect(endpoint)
            return False
        raise HarnessError(
            expected="a server that is up",
            found=f"{found}; its last answer: {error}",
            where=endpoint.url,
            fix="start the server again; the same command continues",
        )


def read_answer(raw: bytes, request: str = "") -> Answer:
    """Return the first choice of a chat or text completion.

    A null content (a reasoning trace that was cut off, say) is an empty text, never the trace.
    Raises ValueError when `raw` is no completion, one that the server broke off (a server that is shut down
    answers what it has, as if it were done), or the answer to another request of ours than that with the id
    `request`, as far as ids tell (those of vLLM do).
    """
    completion = Completion.model_validate_json(raw)
    if _OURS in str(completion.id) and request not in str(completion.id):
        raise ValueError(f"the answer to another request: {completion.id} instead of {request}")
    choice = completion.choices[0]
    if choice.finish_reason in {"abort", "error"}:
        raise ValueError(f"the server broke the answer off: {choice.finish_reason}")
    message = choice.message
    text = choice.text if message is None else message.content
    logprobs = choice.prompt_logprobs if message is None else completion.prompt_logprobs
    return Answer(
        text=text or "",
        reasoning=None if message is None else message.reasoning or message.reasoning_content,
        finish_reason=choice.finish_reason,
        prompt_tokens=completion.usage.prompt_tokens if completion.usage else None,
        completion_tokens=completion.usage.completion_tokens if completion.usage else None,
        prompt_logprobs=None if logprobs is None else [_first(token) for token in logprobs],
    )


def _count(raw: bytes) -> int:
    return TokenCount.model_validate_json(raw).count


def _first(token: dict[str, TokenLogprob] | None) -> tuple[float, int]:
    """Return (log-probability, rank) of the token that stands in the prompt, which vLLM lists first."""
    if not token:
        return 0.0, 1
    found = next(iter(token.values()))
    return found.logprob, found.rank or 0
