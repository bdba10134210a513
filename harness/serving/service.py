"""A hosted service's side of every request: key, pace, price, and what its refusals mean."""

import asyncio
import json
from typing import Any

from aiolimiter import AsyncLimiter
from pydantic import BaseModel, ValidationError

from harness.errors import HarnessError
from harness.records.model import Hosted, Prices
from harness.store.spending import Spending

_QUOTA_CODES = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "quota_exceeded"}
_QUOTA_WORDS = ("perday", "per day", "credit balance")
_UNCLEAR_WORDS, _PACE_WORDS = ("exceeded your current quota",), ("perminute", "per minute")
"""What tells a quota that is used up from requests that come too fast; both are 429 with most services, and Gemini
says "exceeded your current quota" of either."""
_NOT_BILLED = range(400, 500)


class _Problem(BaseModel):
    """The `error` of an answer, as OpenAI's API has it; others leave parts out."""

    code: str | int | None = None
    param: str | None = None


class _Refusal(BaseModel):
    error: _Problem


class _Usage(BaseModel):
    prompt_tokens: int
    completion_tokens: int


class _Billed(BaseModel):
    usage: _Usage


class Budget:
    """A cap on what a model may cost, which no request can pass."""

    def __init__(self, cap: float, prices: Prices, spending: Spending) -> None:
        """`cap` is in dollars, over all that `spending` ever held."""
        self._cap, self._prices, self._spending = cap, prices, spending
        self._open = 0
        self._settled = asyncio.Condition()

    async def reserve(self, tokens_in: int, tokens_out: int) -> "Bill":
        """Return the bill of a request that may cost as many tokens at most.

        Waits for bills that are still open when they leave too little. Raises HarnessError when the cap is
        reached.
        """
        dollars = self._cost(tokens_in, tokens_out)
        async with self._settled:
            while self._spending.dollars + dollars > self._cap:
                if self._open == 0:
                    raise HarnessError(
                        expected=f"requests that cost at most {self._cap:g} dollars (serving.spend)",
                        found=f"{self._spending.dollars:.4f} spent so far, and the next may cost {dollars:.4f}",
                        where="serving.spend",
                        fix="raise serving.spend; what was answered is kept, the same command continues",
                    )
                await self._settled.wait()
            self._open += 1
            return Bill(self, self._spending.reserve(dollars))

    def _cost(self, tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * self._prices.input + tokens_out * self._prices.output) / 1e6

    async def settle(self, number: int, status: int, raw: bytes) -> None:
        """Enter what a request has cost, by the service's own count.

        A refusal costs nothing. Where no count came (a broken connection, a server error) the request may have
        been billed: the reservation stands.
        """
        if status in _NOT_BILLED:
            self._spending.settle(number, 0.0)
        elif status == 200:
            try:
                usage = _Billed.model_validate_json(raw).usage
                self._spending.settle(number, self._cost(usage.prompt_tokens, usage.completion_tokens))
            except ValidationError:
                pass
        self._open -= 1
        async with self._settled:
            self._settled.notify_all()


class Bill:
    """One request's place in the budget."""

    def __init__(self, budget: Budget, number: int) -> None:
        """`number` is that of the reservation."""
        self._budget, self._number = budget, number

    async def settle(self, status: int, raw: bytes) -> None:
        """Enter what it has cost."""
        await self._budget.settle(self._number, status, raw)


class Service:
    """What a client has to do for a hosted service; belongs to one event loop."""

    def __init__(self, hosted: Hosted, key: str, budget: Budget) -> None:
        """`key` is sent with every request and shown nowhere."""
        self._hosted, self._key, self._budget = hosted, key, budget
        self._requests = _limiter(hosted.requests_per_minute)
        self._tokens = _limiter(hosted.tokens_per_minute)

    @property
    def headers(self) -> dict[str, str]:
        """Headers of every request."""
        return {"Authorization": f"Bearer {self._key}"}

    @property
    def patience(self) -> float:
        """Longest time for one answer, in seconds."""
        return self._hosted.answer_seconds

    async def admit(self, body: dict[str, Any]) -> Bill:
        """Wait until the account's limits allow a request, and return its bill; raises what Budget.reserve raises.

        No tokenizer makes more tokens of a text than it has bytes; the quotes and keys around each message are
        more than the chat format adds.
        """
        tokens_in = len(json.dumps(body, ensure_ascii=False).encode())
        tokens_out = int(body[self._hosted.fields.get("max_tokens") or "max_tokens"])
        if self._requests is not None:
            await self._requests.acquire()
        if self._tokens is not None:
            await self._tokens.acquire(min(tokens_in + tokens_out, self._tokens.max_rate))
        return await self._budget.reserve(tokens_in, tokens_out)  # last: nothing is reserved that is not sent

    def check(self, status: int, raw: bytes, shown: str, body: dict[str, Any]) -> None:
        """Raise HarnessError for a refusal that no waiting mends: quota used up, or a field it does not take."""
        try:
            problem = _Refusal.model_validate_json(raw).error
        except ValidationError:
            problem = _Problem()
        if status == 402 or (status in {403, 429} and _used_up(problem, raw.decode(errors="replace").lower())):
            raise HarnessError(
                expected="a quota that is not used up",
                found=shown,
                where=self._hosted.url,
                fix="see the account's plan and billing; what was answered is kept, the same command continues",
            )
        field = (problem.param or "").split(".")[0].split("[")[0]
        if field in body and field not in {"messages", "prompt"}:
            raise HarnessError(
                expected="a service that takes what the protocol sends",
                found=shown,
                where=self._hosted.url,
                fix=f"model.hosted.fields: give {field} the service's name for it, or null to leave it out: then "
                "the run's identity says so",
            )

    def without_key(self, text: str) -> str:
        """Return a text of the service with our key struck out."""
        return text.replace(self._key, "***")


def _used_up(problem: _Problem, text: str) -> bool:
    if problem.code in _QUOTA_CODES or any(words in text for words in _QUOTA_WORDS):
        return True
    unclear = any(words in text for words in _UNCLEAR_WORDS)
    return unclear and not any(words in text for words in _PACE_WORDS)


def _limiter(per_minute: int | None) -> AsyncLimiter | None:
    return AsyncLimiter(per_minute, 60) if per_minute else None
