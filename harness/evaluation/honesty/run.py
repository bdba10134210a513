"""Take all looks at a server, one after the other."""

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


async def probe(subject: Subject, engine_version: str) -> ProbeReport:
    """Return what the server was found to do.

    A look that cannot be taken counts as failed. Raises HarnessError when the server is down.
    """
    begun, started = time.monotonic(), datetime.now(UTC).isoformat(timespec="milliseconds")
    checks = []
    for name, check in CHECKS.items():
        try:
            checks.append(await check(subject))
        except (ValueError, LookupError, TypeError, OSError) as error:
            checks.append(failed(name, f"{type(error).__name__}: {error}"[:500], "see the engine's log"))
    return ProbeReport(
        model=subject.model.id,
        engine_version=engine_version,
        started=started,
        seconds=round(time.monotonic() - begun, 3),
        checks=checks,
    )
