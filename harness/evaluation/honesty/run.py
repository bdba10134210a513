"""Take all looks at a server: together, but for those that are about being alone."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from harness.evaluation.honesty import image, prompt, sampling, thinking
from harness.evaluation.honesty.subject import Subject, failed
from harness.records import ProbeCheck, ProbeReport

CHECKS: dict[str, Callable[[Subject], Awaitable[ProbeCheck]]] = {
    "served model": prompt.served_model,
    "own request": sampling.own_request,
    "chat template": prompt.chat_template,
    "first token": prompt.first_token,
    "thinking switch": thinking.thinking_switch,
    "reasoning parser": thinking.reasoning_parser,
    "stop strings": thinking.stop_strings,
    "max_tokens and finish_reason": sampling.limits,
    "seed": sampling.seeds,
    "log-probabilities in a batch": sampling.company,
    "same request twice": sampling.twice,
    "image": image.image,
}
ALONE = ("log-probabilities in a batch", "same request twice")
"""Looks that other requests in the batch would blur."""


async def probe(subject: Subject, engine_version: str) -> ProbeReport:
    """Return what the server was found to do.

    A look that cannot be taken counts as failed. Raises HarnessError when the server is down.
    """
    begun, started = time.monotonic(), datetime.now(UTC).isoformat(timespec="milliseconds")
    together = [name for name in CHECKS if name not in ALONE]
    found = dict(zip(together, await asyncio.gather(*(_look(name, subject) for name in together)), strict=True))
    for name in ALONE:
        found[name] = await _look(name, subject)
    return ProbeReport(
        model=subject.model.id,
        engine_version=engine_version,
        started=started,
        seconds=round(time.monotonic() - begun, 3),
        checks=[found[name] for name in CHECKS],
    )


async def _look(name: str, subject: Subject) -> ProbeCheck:
    try:
        return await CHECKS[name](subject)
    except (ValueError, LookupError, TypeError, OSError) as error:
        return failed(name, f"{type(error).__name__}: {error}"[:500], "see the engine's log")
