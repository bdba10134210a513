"""When a server asks us to slow down, and when a service without /health counts as down."""

import asyncio
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from harness.errors import HarnessError

LONGEST_SECONDS = 900.0
"""A server that answers nothing for longer, or asks us to wait longer, is not waited for."""
DOWN_SECONDS = 20.0
"""A service that no request has reached for as long is down."""
_FIRST_SECONDS, _MOST_SECONDS = 1.0, 60.0


def seconds_of(retry_after: str | None) -> float | None:
    """Return what a Retry-After header asks for, in seconds; None when it says nothing that can be read.

    Both forms of RFC 9110, section 10.2.3: a number of seconds, or a date.
    """
    if retry_after is None:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


class Backoff:
    """Holds all requests back for as long as a server asked."""

    def __init__(self, where: str) -> None:
        """`where` names the server in errors."""
        self._where, self._until = where, 0.0
        self._pause = _FIRST_SECONDS
        self._held: float | None = None
        """Since when it has answered nothing but that it is busy."""

    async def wait(self) -> None:
        """Wait until requests may be sent again."""
        while (left := self._until - time.monotonic()) > 0:
            await asyncio.sleep(left)

    def served(self) -> None:
        """An answer came: the next pause is a short one again."""
        self._pause, self._held = _FIRST_SECONDS, None

    def hold(self, retry_after: str | None, error: str) -> None:
        """Hold requests back as the header says, or twice as long as the last time where it says nothing.

        Raises HarnessError when that is too long to wait for.
        """
        now = time.monotonic()
        asked = seconds_of(retry_after)
        if asked is None and self._until <= now:
            self._pause = min(2 * self._pause, _MOST_SECONDS)
        wait = self._pause if asked is None else max(asked, _FIRST_SECONDS)
        self._held = self._held or now
        if max(wait, now - self._held) > LONGEST_SECONDS:
            raise HarnessError(
                expected=f"a server that answers within {LONGEST_SECONDS / 60:.0f} minutes",
                found=f"it asks to wait {wait:.0f} s, after {now - self._held:.0f} s without an answer: {error}",
                where=self._where,
                fix="come back later: what was answered is kept, the same command continues; "
                "fewer at once: serving.concurrency",
            )
        self._until = max(self._until, now + wait)


class Broken:
    """Tells a service that is down from a request that breaks: nobody gets through to the one."""

    def __init__(self, where: str) -> None:
        """`where` names the service in errors."""
        self._where = where
        self._since: float | None = None

    def reached(self) -> None:
        """Some answer came."""
        self._since = None

    def failed(self) -> None:
        """A connection could not be made, or broke."""
        self._since = self._since or time.monotonic()

    def others_came_through(self, error: str) -> bool:
        """Return whether an answer came since the last broken connection.

        Raises HarnessError when none has come for DOWN_SECONDS.
        """
        if self._since is None:
            return True
        lost = time.monotonic() - self._since
        if lost > DOWN_SECONDS:
            raise HarnessError(
                expected="a service that can be reached",
                found=f"no answer to any request for {lost:.0f} s, the last: {error}",
                where=self._where,
                fix="check the network; what was answered is kept, the same command continues",
            )
        return False
